namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>
/// The shared tier (Redis). Thread-safe. It may lose, repeat or roll back anything: correctness rests on the lease of what it
/// returns. No member throws for a reason of the store's: a failure is a miss or a no-op, logged and counted, and takes at most the hard timeout.
/// </summary>
public interface IDistributedTier
{
    /// <summary>Whether a store is configured at all.</summary>
    bool IsConfigured { get; }

    /// <summary>Whether the store may be asked now: configured, connected, and its breaker closed. Cheap; a hint.</summary>
    bool IsAvailable { get; }

    /// <summary>Reads one value.</summary>
    ValueTask<DistributedRead> GetAsync(CacheKey key, CancellationToken cancellationToken);

    /// <summary>Writes one value with its metadata. It is removed by the store itself at the end of its stale window.</summary>
    /// <returns>Whether the store took it.</returns>
    ValueTask<bool> SetAsync(CacheKey key, DistributedEntry entry, CancellationToken cancellationToken);

    /// <summary>Deletes the values that match, in batches, by walking the keys with our own prefix and no others.</summary>
    /// <returns>How many were deleted; null when the store could not be walked to the end.</returns>
    Task<long?> PurgeAsync(CachePattern pattern, CancellationToken cancellationToken);

    /// <summary>Lists entries that match, without values, at most <paramref name="limit"/>.</summary>
    /// <returns>The entries, in no particular order; none, and that not complete, when the store cannot be reached.</returns>
    Task<CacheListing> ListAsync(CachePattern pattern, int limit, CancellationToken cancellationToken);

    /// <summary>Counts the values that match, by walking the keys with our own prefix and no others, as far as that takes no long time.</summary>
    /// <returns>How many; null when the store could not be walked to the end.</returns>
    Task<long?> CountAsync(CachePattern pattern, CancellationToken cancellationToken);

    /// <summary>Asks the store how it is, without leaving a key behind.</summary>
    Task<DistributedTierStatus> GetStatusAsync(CancellationToken cancellationToken);
}

/// <summary>How a read of the shared tier ended.</summary>
public enum DistributedReadOutcome
{
    /// <summary>There is no such value, or what is there cannot be used (damaged, foreign, another format).</summary>
    Miss,

    /// <summary>A value was read.</summary>
    Found,

    /// <summary>The store was not asked or did not answer in time.</summary>
    Unavailable,
}

/// <summary>What a read of the shared tier brought.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Entry">The value; not null exactly when it was found.</param>
/// <param name="Unusable">Why what is there counts as a miss, for the operator; null where nothing is there, or where it was found.</param>
public readonly record struct DistributedRead(DistributedReadOutcome Outcome, DistributedEntry? Entry, string? Unusable = null)
{
    /// <summary>No such value.</summary>
    public static DistributedRead Miss { get; } = new(DistributedReadOutcome.Miss, null);

    /// <summary>Something is there, and no value that can be used.</summary>
    /// <param name="reason">Why: half a sentence without key or value.</param>
    public static DistributedRead MissBecause(string reason) => new(DistributedReadOutcome.Miss, null, reason);

    /// <summary>The store could not be asked.</summary>
    public static DistributedRead Unavailable { get; } = new(DistributedReadOutcome.Unavailable, null);
}

/// <summary>A value of the shared tier with its metadata. Immutable; the payload must not be written to.</summary>
public sealed record DistributedEntry
{
    /// <summary>The serialized value.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Fingerprint of the value's type: a value of another shape is never read as this one.</summary>
    public required ulong Schema { get; init; }

    /// <summary>The journal from which the lease was taken.</summary>
    public required Guid JournalId { get; init; }

    /// <summary>The node's journal position before the load read the origin.</summary>
    public required long Lease { get; init; }

    /// <summary>When the value was loaded, UTC, by the loader's clock: for display only, never for judging.</summary>
    public required DateTime CachedAt { get; init; }

    /// <summary>How old the value is: at a write, by the writer's monotonic clock; at a read, by the store's clock, never less than the truth in health.</summary>
    public required TimeSpan Age { get; init; }

    /// <summary>How long from its load the value is fresh, as far as the writer knew of reads; more than zero.</summary>
    public required TimeSpan TimeToLive { get; init; }

    /// <summary>How long after that it may be served stale; zero or more.</summary>
    public required TimeSpan StaleWindow { get; init; }

    /// <summary>For how long a read keeps the value fresh; zero where reading changes nothing.</summary>
    public TimeSpan SlidingExpiration { get; init; }

    /// <summary>How long from its load a value that slides is fresh at most; zero or more.</summary>
    public TimeSpan LongestTimeToLive { get; init; }

    /// <summary>The value's tags; empty where there are none.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];
}

/// <summary>What the shared tier says of itself.</summary>
public sealed record DistributedTierStatus
{
    /// <summary><c>healthy</c>, <c>unavailable</c> (configured, not reachable), <c>error</c> (answers, but refuses) or <c>disabled</c> (not configured).</summary>
    public required string Status { get; init; }

    /// <summary>Whether it answered.</summary>
    public bool Available => Status == "healthy";

    /// <summary>How long the answer took; null when there was none.</summary>
    public TimeSpan? ResponseTime { get; init; }

    /// <summary>Clients connected to the server.</summary>
    public long? ConnectedClients { get; init; }

    /// <summary>Memory in use by the server, in bytes.</summary>
    public long? UsedMemory { get; init; }

    /// <summary>The same in the server's own words, such as <c>1.05M</c>.</summary>
    public string? UsedMemoryHuman { get; init; }

    /// <summary>The server's count of keys found.</summary>
    public long? KeyspaceHits { get; init; }

    /// <summary>The server's count of keys not found.</summary>
    public long? KeyspaceMisses { get; init; }

    /// <summary>The server's count of keys that it gave up for want of memory.</summary>
    public long? EvictedKeys { get; init; }
}
