using Microsoft.Extensions.Options;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Diagnostics;
using NeuroLab.Infrastructure.Caching.Engine;
using NeuroLab.Infrastructure.Caching.Journal;

namespace NeuroLab.Infrastructure.Caching;

/// <summary>Answers operators. Reads everything and changes nothing.</summary>
internal sealed class CacheAdministration(
    IMemoryTier memory, IDistributedTier distributed, JournalFollower follower, Explainer explainer, CacheCounters counters, CacheClock clock, IOptions<CacheOptions> options)
    : ICacheAdministration
{
    public TimeSpan? SinceVerified => follower.VerifiedAt == 0 ? null : TimeSpan.FromTicks(clock.Now - follower.VerifiedAt);

    public bool IsVerified => clock.Now < follower.TrustedUntil;

    public CacheStatistics GetStatistics()
    {
        var now = clock.Now;
        return new CacheStatistics
        {
            TotalEntries = memory.Count,
            ExpiredEntries = memory.Entries.LongCount(entry => entry.FreshUntil <= now),
            MaxEntries = memory.MaxCount,
            SizeBytes = memory.SizeBytes,
            Evictions = memory.Evictions,
            HitsMemory = counters.HitsMemory.Value,
            HitsRedis = counters.HitsRedis.Value,
            Misses = counters.Misses.Value,
            StaleServed = counters.StaleServed.Value,
            Loads = counters.Loads.Value,
            LoadFailures = counters.LoadFailures.Value,
            Coalesced = counters.Coalesced.Value,
            Invalidations = follower.RecordsLearnt,
            DefaultTimeToLive = options.Value.DefaultTtl,
            DefaultStaleWindow = options.Value.StaleThreshold,
        };
    }

    public async Task<CacheListing> ListAsync(CachePattern pattern, int limit, CancellationToken cancellationToken)
    {
        var now = clock.Now;
        var held = InMemory(pattern)
            .Take(limit)
            .Select(entry => new CacheEntryInfo(
                entry.Key.Value, "memory", CacheClock.Seconds(Math.Max(0, now - entry.LoadedAt)), CacheClock.Seconds(entry.FreshUntil - now), entry.Size, entry.Hits))
            .ToList();
        if (held.Count == limit)
        {
            return new CacheListing(held, IsComplete: false);
        }

        var shared = await distributed.ListAsync(pattern, limit - held.Count, cancellationToken).ConfigureAwait(false);
        return shared with { Entries = [.. held, .. shared.Entries] };
    }

    public async Task<long?> CountAsync(CachePattern pattern, CancellationToken cancellationToken) =>
        InMemory(pattern).LongCount() + await distributed.CountAsync(pattern, cancellationToken).ConfigureAwait(false);

    public Task<CacheExplanation> ExplainAsync(CacheKey key, CancellationToken cancellationToken) => explainer.ExplainAsync(key, cancellationToken);

    public Task<DistributedTierStatus> GetDistributedStatusAsync(CancellationToken cancellationToken) => distributed.GetStatusAsync(cancellationToken);

    private IEnumerable<MemoryEntry> InMemory(CachePattern pattern) => memory.Entries.Where(entry => Glob.IsMatch(pattern.Text, entry.Key.Value));
}
