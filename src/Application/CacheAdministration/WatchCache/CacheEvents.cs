namespace NeuroLab.Application.CacheAdministration;

/// <summary>Something that is seen of the cache. Immutable. Times are UTC.</summary>
public abstract record CacheEvent;

/// <summary>How the nodes are.</summary>
/// <param name="At">When, by this node's clock.</param>
/// <param name="Nodes">This node first, then those that share its PostgreSQL.</param>
public sealed record NodesEvent(DateTime At, IReadOnlyList<NodeStatus> Nodes) : CacheEvent;

/// <summary>What an invalidation names.</summary>
public enum InvalidationKind
{
    /// <summary>One key.</summary>
    Key,

    /// <summary>What carries a tag.</summary>
    Tag,

    /// <summary>Keys that match a glob.</summary>
    Pattern,
}

/// <summary>This node learnt of an invalidation, its own or another node's.</summary>
/// <param name="At">When it was written, by the writer's clock.</param>
/// <param name="LearntAt">When this node learnt of it.</param>
/// <param name="LagMs">Milliseconds between the two; 0 or more, whatever the clocks say.</param>
/// <param name="Kind">What it names.</param>
/// <param name="Text">The key, the tag or the glob.</param>
/// <param name="Purges">Whether what it names may not be served as a stale copy either, and is deleted.</param>
/// <param name="Command">What caused it.</param>
/// <param name="IsOwn">Whether this node wrote it; false too where a reading found it before its writer knew that it was committed.</param>
public sealed record InvalidationEvent(DateTime At, DateTime LearntAt, double LagMs, InvalidationKind Kind, string Text, bool Purges, string Command, bool IsOwn) : CacheEvent;

/// <summary>A circuit breaker of this node changed its state.</summary>
/// <param name="At">When.</param>
/// <param name="Store">What it protects: database or redis.</param>
/// <param name="From">The state before: closed, open or half_open.</param>
/// <param name="To">The state from then on.</param>
public sealed record CircuitEvent(DateTime At, string Store, string From, string To) : CacheEvent;

/// <summary>Events are missing here.</summary>
/// <param name="Missed">How many; null where that is not known: the last one seen was another node's, or of an earlier start.</param>
public sealed record GapEvent(long? Missed) : CacheEvent;
