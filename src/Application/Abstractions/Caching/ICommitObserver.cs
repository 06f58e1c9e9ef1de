namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>Is told that this node committed journal records. Thread-safe.</summary>
public interface ICommitObserver
{
    /// <summary>
    /// Makes the write known on this node, so that no later read of it is answered with what the write overtook, deletes what was purged, and tells the other nodes. Not cancellable: the
    /// write has happened. Bounded in time and never throws.
    /// </summary>
    /// <param name="position">The position of the write.</param>
    /// <param name="invalidations">Its records.</param>
    /// <param name="command">The command's name.</param>
    Task CommittedAsync(long position, IReadOnlyList<Invalidation> invalidations, string command);
}
