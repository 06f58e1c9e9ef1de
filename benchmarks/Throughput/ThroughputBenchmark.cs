using System.Collections.Concurrent;
using BitFaster.Caching.Lfu;
using BitFaster.Caching.Lru;
using NeuroLab.Benchmarks.Harness;
using NeuroLab.Benchmarks.Peers;

namespace NeuroLab.Benchmarks.Throughput;

/// <summary>
/// Reading through caches that hold a tenth of the keys, on two threads and on eight: hits, misses, trivial loads and evictions, by Zipf's law. Each key exists in two
/// instances, so that a reader's is as often another one than the cache's as not.
/// </summary>
internal static class ThroughputBenchmark
{
    private const int Batch = 256;

    /// <summary>A round, by the number of threads, in milliseconds.</summary>
    private const int RoundOfAThread = 25;

    /// <summary>Each is warmed up for so long, in milliseconds: the longest that one takes to be compiled for the last time.</summary>
    private const int WarmUp = 2_000;

    public static async Task RunAsync(BenchmarkRun run)
    {
        foreach (var threads in new[] { 2, 8 })
        {
            await MeasureAsync(run, threads);
        }
    }

    private static async Task MeasureAsync(BenchmarkRun run, int threads)
    {
        var (count, capacity) = (run.Of(100_000, 1_000), run.Of(10_000, 100));
        var length = run.Of(1 << 20, 1 << 12);
        var zipf = new Zipf(count, 0.99);
        int[][] sequences = [.. Enumerable.Range(1, threads).Select(seed => Instances(zipf.Draw(length, seed), seed))];
        string[] texts = [.. KeyText.First(count).SelectMany(static text => new[] { text, new string(text) })];
        var keys = KeyText.Keys(texts);
        await using var engine = await Engine.StartLastingAsync(capacity);
        await using var tier = await Engine.StartLastingAsync(capacity);
        var (hybrid, hybridMemory) = PeerCaches.Hybrid(capacity * Engine.Loaded.Length);
        var (fusion, fusionMemory) = PeerCaches.Fusion(capacity);
        using var memory = PeerCaches.Memory(capacity);
        new ThreadContest($"Reading through, {Table.Number(count)} keys, capacity {Table.Number(capacity)}, {threads} threads", threads, TimeSpan.FromMilliseconds(run.Of(RoundOfAThread * threads, 5)))
            .Add("ConcurrentDictionary, unbounded", Batch, Work(new DictionaryReader(new ConcurrentDictionary<string, string>()), texts, sequences))
            .Add("ours, through the engine", Batch, Work(new EngineReader(engine), keys, sequences))
            .Add("ours, the memory tier alone", Batch, Work(new TierReader(tier.Memory), keys, sequences))
            .Add("BitFaster ConcurrentTLru", Batch, Work(new BitFasterReader<ConcurrentTLru<string, string>>(new(capacity, PeerCaches.TimeToLive)), texts, sequences))
            .Add("BitFaster ConcurrentLru", Batch, Work(new BitFasterReader<ConcurrentLru<string, string>>(new(capacity)), texts, sequences))
            .Add("BitFaster ConcurrentLfu", Batch, Work(new BitFasterReader<ConcurrentLfu<string, string>>(new(capacity)), texts, sequences))
            .Add("MemoryCache", Batch, Work(new MemoryCacheReader(memory), texts, sequences))
            .Add("exact LRU under a lock", Batch, Work(new ExactLruReader(new ExactLru<string, string>(capacity)), texts, sequences))
            .Add("HybridCache", Batch, Work(new HybridReader(hybrid), texts, sequences))
            .Add("FusionCache", Batch, Work(new FusionReader(fusion), texts, sequences))
            .Run(run.Of(30, 2), run.Of(WarmUp / (RoundOfAThread * threads), 1));
        CheckFilled([engine.Memory.Count, tier.Memory.Count, memory.Count, hybridMemory.Count, fusionMemory.Count], capacity);
        fusion.Dispose();
        hybridMemory.Dispose();
        fusionMemory.Dispose();
    }

    /// <summary>Each was told its bound in its own measure and keeps to it: it holds about as much as it may. MemoryCache's is not exact.</summary>
    private static void CheckFilled(long[] counts, int capacity)
    {
        if (counts.Any(count => count > capacity * 11 / 10 || count < capacity / 2))
        {
            throw new InvalidOperationException($"{string.Join(", ", counts)} entries are held where {capacity} may be.");
        }
    }

    /// <summary>Which instance of which key: twice the key, or one more.</summary>
    private static int[] Instances(int[] sequence, int seed)
    {
        var random = new Random(-seed);
        return [.. sequence.Select(key => (2 * key) + random.Next(2))];
    }

    private static Action<int> Work<TCache, TKey>(TCache cache, TKey[] keys, int[][] sequences)
        where TCache : struct, IReadThrough<TKey>
    {
        var positions = new int[sequences.Length];
        return thread =>
        {
            var sequence = sequences[thread];
            var (from, length) = (positions[thread], 0);
            foreach (var number in sequence.AsSpan(from, Batch))
            {
                length += cache.Get(keys[number]).Length;
            }

            positions[thread] = (from + Batch) % sequence.Length;
            if (length != Batch * Engine.Loaded.Length)
            {
                throw new InvalidOperationException("A read brought another value.");
            }
        };
    }
}
