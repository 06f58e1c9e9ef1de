using System.Diagnostics.Metrics;

namespace NeuroLab.Infrastructure.Caching.Diagnostics;

/// <summary>What the cache counts, for whoever listens to the meter. No keys, no users: the only attribute says by what requests were answered.</summary>
public static class CacheMeter
{
    /// <summary>The meter's name.</summary>
    public const string Name = "NeuroLab.Cache";

    /// <summary>Makes the meter's instruments, which read the counts when they are asked; they live as long as the factory.</summary>
    internal static void Observe(IMeterFactory meters, CacheCounters counters)
    {
        var meter = meters.Create(Name);
        meter.CreateObservableCounter(
            "neurolab.cache.requests",
            () => new[] { Answered(counters.HitsMemory, "memory"), Answered(counters.HitsRedis, "redis"), Answered(counters.Misses, "miss") },
            "{request}",
            "Requests, by what answered them.");
        Count("neurolab.cache.stale_served", counters.StaleServed, "{request}", "Requests that were answered with a stale copy.");
        Count("neurolab.cache.loads", counters.Loads, "{load}", "Values loaded from the origin.");
        Count("neurolab.cache.load_failures", counters.LoadFailures, "{load}", "Loads that failed.");
        Count("neurolab.cache.coalesced", counters.Coalesced, "{request}", "Requests that joined a load under way.");

        void Count(string name, Counter counter, string unit, string description) => meter.CreateObservableCounter(name, () => counter.Value, unit, description);
    }

    private static Measurement<long> Answered(Counter counter, string by) => new(counter.Value, new KeyValuePair<string, object?>("neurolab.cache.result", by));
}
