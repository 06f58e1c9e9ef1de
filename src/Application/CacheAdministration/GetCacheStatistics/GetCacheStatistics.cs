using MediatR;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;

namespace NeuroLab.Application.CacheAdministration;

/// <summary>What this node's cache did since its start.</summary>
public sealed record GetCacheStatistics : IQuery<CacheStatisticsResponse>;

internal sealed class GetCacheStatisticsHandler(ICacheAdministration cache) : IRequestHandler<GetCacheStatistics, CacheStatisticsResponse>
{
    public async Task<CacheStatisticsResponse> Handle(GetCacheStatistics request, CancellationToken cancellationToken)
    {
        var redis = await cache.GetDistributedStatusAsync(cancellationToken).ConfigureAwait(false);
        var counts = cache.GetStatistics();

        // Whatever memory could not answer went on to Redis, which either could or could not.
        var memoryMisses = counts.HitsRedis + counts.Misses;
        return new CacheStatisticsResponse(
            new MemoryCacheStatistics(
                counts.TotalEntries,
                counts.ExpiredEntries,
                counts.TotalEntries - counts.ExpiredEntries,
                counts.HitsMemory + memoryMisses,
                counts.MaxEntries,
                counts.HitsMemory,
                memoryMisses,
                counts.Evictions,
                counts.SizeBytes),
            new RedisCacheStatistics(
                redis.Available, redis.ConnectedClients, redis.UsedMemory, redis.UsedMemoryHuman, redis.KeyspaceHits, redis.KeyspaceMisses),
            new CacheConfigurationResponse(counts.DefaultTimeToLive.TotalSeconds, counts.DefaultStaleWindow.TotalSeconds),
            CacheRequestStatistics.Of(
                counts.HitsMemory,
                counts.HitsRedis,
                counts.Misses,
                counts.StaleServed,
                counts.Loads,
                counts.LoadFailures,
                counts.Coalesced,
                counts.Invalidations));
    }
}
