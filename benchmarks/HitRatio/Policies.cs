using BitFaster.Caching;
using BitFaster.Caching.Lfu;
using BitFaster.Caching.Lru;
using BitFaster.Caching.Scheduler;
using Microsoft.Extensions.Caching.Memory;
using NeuroLab.Benchmarks.Harness;
using NeuroLab.Benchmarks.Peers;

namespace NeuroLab.Benchmarks.HitRatio;

/// <summary>What keeps and what goes, by each cache: read through by a trace, on one thread.</summary>
internal static class Policies
{
    public const string ExactLruName = "exact LRU";

    /// <summary>Each cache, and how it fares.</summary>
    public static IReadOnlyList<(string Name, Func<Trace, int, Task<double>> HitRatio)> All { get; } =
    [
        ("ours", OursAsync),
        (ExactLruName, static (trace, capacity) => Count(trace, new ExactLru<int, int>(capacity).GetOrAdd)),
        ("BitFaster ConcurrentLru", static (trace, capacity) => BitFaster(trace, new ConcurrentLru<int, int>(capacity))),

        // Its upkeep runs in turn with the reads and not on a thread of its own: the figure does not depend on how the threads get on.
        ("BitFaster ConcurrentLfu", static (trace, capacity) => BitFaster(trace, new ConcurrentLfu<int, int>(1, capacity, new ForegroundScheduler(), EqualityComparer<int>.Default))),
        ("MemoryCache", MemoryCache),
        ("Belady's optimum", static (trace, capacity) => Task.FromResult(Optimum.HitRatio(trace, capacity))),
    ];

    private static async Task<double> OursAsync(Trace trace, int capacity)
    {
        await using var engine = await Engine.StartAsync(capacity);
        var tier = engine.Memory;
        var keys = KeyText.Keys(KeyText.First(trace.Keys));
        var hits = 0;
        foreach (var key in trace.Accesses)
        {
            if (tier.TryGet(keys[key], out _))
            {
                hits++;
            }
            else
            {
                tier.Set(new TierEntry(keys[key], "", long.MaxValue));
            }
        }

        return tier.Count <= capacity ? (double)hits / trace.Accesses.Length : throw new InvalidOperationException("More is held than may be.");
    }

    private static Task<double> BitFaster(Trace trace, ICache<int, int> cache) => Count(trace, cache.GetOrAdd);

    private static Task<double> Count(Trace trace, Func<int, Func<int, int>, int> getOrAdd)
    {
        var misses = 0;
        Func<int, int> load = key =>
        {
            misses++;
            return key;
        };
        foreach (var key in trace.Accesses)
        {
            getOrAdd(key, load);
        }

        return Task.FromResult((double)(trace.Accesses.Length - misses) / trace.Accesses.Length);
    }

    /// <summary>It makes room behind the reads, on another thread, and meanwhile takes nothing in: its figure differs from run to run.</summary>
    private static Task<double> MemoryCache(Trace trace, int capacity)
    {
        using var cache = PeerCaches.Memory(capacity);
        var options = new MemoryCacheEntryOptions { Size = 1 };
        object[] keys = [.. Enumerable.Range(0, trace.Keys).Select(static key => (object)key)];
        var hits = 0;
        foreach (var key in trace.Accesses)
        {
            if (cache.TryGetValue(keys[key], out _))
            {
                hits++;
            }
            else
            {
                cache.Set(keys[key], keys[key], options);
            }
        }

        return Task.FromResult((double)hits / trace.Accesses.Length);
    }
}
