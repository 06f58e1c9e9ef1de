using Microsoft.Extensions.Options;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.CacheAdministration;
using NeuroLab.Infrastructure.Caching.Diagnostics;
using NeuroLab.Infrastructure.Caching.Engine;
using NeuroLab.Infrastructure.Caching.Journal;
using NeuroLab.Infrastructure.Resilience;

namespace NeuroLab.Infrastructure.Caching.Observatory;

/// <summary>Says how this node is, by what it counts and knows already: no store is asked. Thread-safe.</summary>
internal sealed class NodeObserver(
    NodeIdentity node,
    CacheCounters counters,
    CacheTimings timings,
    IMemoryTier memory,
    IDistributedTier distributed,
    JournalFollower follower,
    IEnumerable<ObservedCircuit> circuits,
    CacheClock clock,
    IOptions<CacheOptions> options)
{
    private const string Healthy = "healthy";
    private const string Unavailable = "unavailable";
    private const string Disabled = "disabled";
    private const string Closed = "closed";

    private readonly ObservedCircuit[] _circuits = [.. circuits];

    /// <summary>How it is now.</summary>
    public NodeStatus Look() => new(
        node.Id,
        node.Name,
        IsThis: true,
        node.StartedAt,
        clock.UtcNow,
        CacheRequestStatistics.Of(
            counters.HitsMemory.Value,
            counters.HitsRedis.Value,
            counters.Misses.Value,
            counters.StaleServed.Value,
            counters.Loads.Value,
            counters.LoadFailures.Value,
            counters.Coalesced.Value,
            follower.RecordsLearnt),
        new StaleAnswerCounts(Stale(StaleReason.OriginError), Stale(StaleReason.OriginTimeout), Stale(StaleReason.CircuitOpen), Stale(StaleReason.Unverified)),
        new NodeLatencies(timings.RecentHits.Quantiles(), timings.RecentLoads.Quantiles()),
        new NodeMemory(memory.Count, memory.MaxCount, memory.SizeBytes, memory.MaxSizeBytes, memory.Evictions),
        new NodeJournal(
            follower.Position, follower.VerifiedAt == 0 ? null : CacheClock.Seconds(Math.Max(0, clock.Now - follower.VerifiedAt)), clock.Now < follower.TrustedUntil, follower.RecordsPending),
        Database(),
        Redis());

    private long Stale(StaleReason reason) => counters.StaleServed.ValueOf((int)reason);

    /// <summary>The journal is in the database, and is read all the time: what cannot be read for as long as copies are trusted cannot be reached.</summary>
    private NodeStore Database()
    {
        var circuit = Circuit("database") ?? Closed;
        var readAt = follower.VerifiedAt;
        var isRead = readAt != 0 && clock.Now - readAt < options.Value.VerificationWindow.Ticks;
        return new NodeStore(isRead && circuit == Closed ? Healthy : Unavailable, circuit);
    }

    private NodeStore Redis() => distributed.IsConfigured ? new(distributed.IsAvailable ? Healthy : Unavailable, Circuit("redis")) : new(Disabled, null);

    private string? Circuit(string store) => Array.Find(_circuits, circuit => circuit.Store == store)?.State();
}
