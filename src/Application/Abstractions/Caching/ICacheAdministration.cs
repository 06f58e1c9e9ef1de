namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>What operators may ask of the cache. Thread-safe; no member changes a statistic.</summary>
public interface ICacheAdministration
{
    /// <summary>Counts since the start of this node.</summary>
    CacheStatistics GetStatistics();

    /// <summary>Entries that match, of both tiers, memory first; at most <paramref name="limit"/> in all.</summary>
    Task<CacheListing> ListAsync(CachePattern pattern, int limit, CancellationToken cancellationToken);

    /// <summary>How many entries match, of both tiers: what lies in both is counted in each.</summary>
    /// <returns>Null where that cannot be known in a short time: Redis does not answer, or has too many keys to walk.</returns>
    Task<long?> CountAsync(CachePattern pattern, CancellationToken cancellationToken);

    /// <summary>
    /// What a key stands for on this node, in each tier, and what a read would do. Where the journal has not been read lately it is read first, as a read would have it.
    /// </summary>
    Task<CacheExplanation> ExplainAsync(CacheKey key, CancellationToken cancellationToken);

    /// <summary>How the shared tier is.</summary>
    Task<DistributedTierStatus> GetDistributedStatusAsync(CancellationToken cancellationToken);

    /// <summary>How long ago the journal was last read with success; null where it never was.</summary>
    TimeSpan? SinceVerified { get; }

    /// <summary>Whether copies may be called fresh now.</summary>
    bool IsVerified { get; }
}

/// <summary>Counts of one node since its start; each is read on its own, so sums may be off by what is under way.</summary>
public sealed record CacheStatistics
{
    /// <summary>Entries in memory.</summary>
    public required long TotalEntries { get; init; }

    /// <summary>Those past their freshness, kept for their stale window.</summary>
    public required long ExpiredEntries { get; init; }

    /// <summary>The most entries that memory may hold.</summary>
    public required long MaxEntries { get; init; }

    /// <summary>Bytes that memory's entries are counted with.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Entries pushed out by newer ones.</summary>
    public required long Evictions { get; init; }

    /// <summary>Requests answered from memory.</summary>
    public required long HitsMemory { get; init; }

    /// <summary>Requests answered from Redis.</summary>
    public required long HitsRedis { get; init; }

    /// <summary>Requests that no tier could answer fresh.</summary>
    public required long Misses { get; init; }

    /// <summary>Requests answered with a stale copy.</summary>
    public required long StaleServed { get; init; }

    /// <summary>Loads begun.</summary>
    public required long Loads { get; init; }

    /// <summary>Loads that failed.</summary>
    public required long LoadFailures { get; init; }

    /// <summary>Requests that joined a load already running.</summary>
    public required long Coalesced { get; init; }

    /// <summary>Journal records learnt, of this node and others.</summary>
    public required long Invalidations { get; init; }

    /// <summary>The default time to live.</summary>
    public required TimeSpan DefaultTimeToLive { get; init; }

    /// <summary>The default stale window.</summary>
    public required TimeSpan DefaultStaleWindow { get; init; }
}
