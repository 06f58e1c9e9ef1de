namespace NeuroLab.Application.CacheAdministration;

/// <summary>Where nodes find each other. Thread-safe.</summary>
public interface INodeRegistry
{
    /// <summary>Whether there can be other nodes.</summary>
    bool IsShared { get; }

    /// <summary>Enters this node, or how it is now. Those that have not been entered for a minute are dropped.</summary>
    /// <exception cref="Common.OriginUnavailableException">The registry cannot be reached.</exception>
    Task EnterAsync(NodeStatus node, CancellationToken cancellationToken);

    /// <summary>Takes a node out.</summary>
    /// <exception cref="Common.OriginUnavailableException">The registry cannot be reached.</exception>
    Task LeaveAsync(Guid node, CancellationToken cancellationToken);

    /// <summary>The nodes that were entered in the last minute, each with when that was, in the order in which they started. What another version wrote and cannot be read here is left out.</summary>
    /// <exception cref="Common.OriginUnavailableException">The registry cannot be reached.</exception>
    Task<IReadOnlyList<NodeStatus>> ReadAsync(CancellationToken cancellationToken);
}
