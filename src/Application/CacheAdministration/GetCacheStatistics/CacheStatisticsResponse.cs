namespace NeuroLab.Application.CacheAdministration;

/// <summary>Counts of this node since its start.</summary>
/// <param name="MemoryCache">The memory tier.</param>
/// <param name="RedisCache">The shared tier, in the server's own words.</param>
/// <param name="Config">Defaults in force.</param>
/// <param name="Requests">How requests were answered.</param>
public sealed record CacheStatisticsResponse(
    MemoryCacheStatistics MemoryCache, RedisCacheStatistics RedisCache, CacheConfigurationResponse Config, CacheRequestStatistics Requests);

/// <summary>The memory tier.</summary>
/// <param name="TotalEntries">Entries it holds.</param>
/// <param name="ExpiredEntries">Those past their freshness, kept for their stale window.</param>
/// <param name="ActiveEntries">Those that are not.</param>
/// <param name="TotalAccesses">Requests that asked it: hits and misses.</param>
/// <param name="MaxSize">The most entries that it may hold.</param>
/// <param name="Hits">Requests that it answered.</param>
/// <param name="Misses">Requests that it could not answer, whoever then did.</param>
/// <param name="Evictions">Entries pushed out by newer ones.</param>
/// <param name="SizeBytes">Bytes that its entries are counted with.</param>
public sealed record MemoryCacheStatistics(
    long TotalEntries,
    long ExpiredEntries,
    long ActiveEntries,
    long TotalAccesses,
    long MaxSize,
    long Hits,
    long Misses,
    long Evictions,
    long SizeBytes);

/// <summary>The shared tier. Null where the server did not say.</summary>
/// <param name="Available">Whether it answered.</param>
/// <param name="ConnectedClients">Clients connected to it.</param>
/// <param name="UsedMemory">Memory in use, in bytes.</param>
/// <param name="UsedMemoryHuman">The same in its own words.</param>
/// <param name="KeyspaceHits">Its count of keys found.</param>
/// <param name="KeyspaceMisses">Its count of keys not found.</param>
public sealed record RedisCacheStatistics(
    bool Available, long? ConnectedClients, long? UsedMemory, string? UsedMemoryHuman, long? KeyspaceHits, long? KeyspaceMisses);

/// <summary>Defaults in force.</summary>
/// <param name="DefaultTtl">The time to live, in seconds.</param>
/// <param name="StaleThreshold">The stale window after it, in seconds.</param>
public sealed record CacheConfigurationResponse(double DefaultTtl, double StaleThreshold);

/// <summary>How requests were answered.</summary>
/// <param name="HitsMemory">From memory.</param>
/// <param name="HitsRedis">From Redis.</param>
/// <param name="Misses">From neither tier, fresh.</param>
/// <param name="StaleServed">With a stale copy.</param>
/// <param name="Loads">Loads begun.</param>
/// <param name="LoadFailures">Loads that failed.</param>
/// <param name="Coalesced">Requests that joined a load already running.</param>
/// <param name="Invalidations">Journal records learnt.</param>
/// <param name="HitRatio">Hits of both tiers among all requests, 0 to 1; 0 where there were none.</param>
public sealed record CacheRequestStatistics(
    long HitsMemory,
    long HitsRedis,
    long Misses,
    long StaleServed,
    long Loads,
    long LoadFailures,
    long Coalesced,
    long Invalidations,
    double HitRatio)
{
    private const int RatioDecimals = 4;

    /// <summary>Counts, with the ratio that follows from them.</summary>
    public static CacheRequestStatistics Of(
        long hitsMemory, long hitsRedis, long misses, long staleServed, long loads, long loadFailures, long coalesced, long invalidations)
    {
        var hits = hitsMemory + hitsRedis;
        var requests = hits + misses;
        return new CacheRequestStatistics(
            hitsMemory, hitsRedis, misses, staleServed, loads, loadFailures, coalesced, invalidations, requests == 0 ? 0 : Math.Round((double)hits / requests, RatioDecimals));
    }
}
