using System.Collections.Concurrent;
using BitFaster.Caching.Lru;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Benchmarks.Harness;
using NeuroLab.Benchmarks.Peers;

namespace NeuroLab.Benchmarks.Memory;

/// <summary>
/// What an entry takes in memory beside its key's text and its value, which exist beforehand and are the same for each cache. One cache at a time, by what the heap has grown after
/// a full collection.
/// </summary>
internal static class MemoryBenchmark
{
    public static async Task RunAsync(BenchmarkRun run)
    {
        var count = run.Of(1_000_000, 2_000);
        var texts = KeyText.First(count);
        string[] values = [.. texts.Select(static text => text[10..18])];
        var table = new Table("", "entries", "B an entry", "to ConcurrentDictionary");
        double? limit = null;

        Add("ConcurrentDictionary", Measure(() =>
        {
            var dictionary = new ConcurrentDictionary<string, string>();
            Fill((text, value) => dictionary[text] = value);
            return (dictionary, dictionary.Count);
        }));
        await AddOursAsync();
        Add("BitFaster ConcurrentTLru", Measure(() =>
        {
            var cache = new ConcurrentTLru<string, string>(count, PeerCaches.TimeToLive);
            Fill(cache.AddOrUpdate);
            return (cache, cache.Count);
        }));
        Add("MemoryCache", Measure(() =>
        {
            var cache = PeerCaches.Memory(count);
            Fill((text, value) => MemoryCacheReader.Set(cache, text, value));
            return (cache, cache.Count);
        }));
        Add("HybridCache", Measure(() =>
        {
            var (cache, memory) = PeerCaches.Hybrid(100L * count);
            Fill((text, value) => cache.SetAsync(text, value).AsTask().GetAwaiter().GetResult());
            return (cache, memory.Count);
        }));
        Add("FusionCache", Measure(() =>
        {
            var (cache, memory) = PeerCaches.Fusion();
            Fill((text, value) => cache.SetAsync(text, value).AsTask().GetAwaiter().GetResult());
            return (cache, memory.Count);
        }));
        table.Print($"An entry of {Table.Number(count)}, key and value not counted");

        async Task AddOursAsync()
        {
            var before = Heap();
            await using var engine = await Engine.StartLastingAsync(count);
            for (var i = 0; i < count; i++)
            {
                await engine.SetAsync(CacheKey.Of(texts[i]), values[i]);
            }

            Add("ours, set", (Heap() - before, (int)engine.Memory.Count));
            for (var i = 0; i < 2 * count; i++)
            {
                await engine.GetAsync(CacheKey.Of(texts[i % count]));
            }

            Add("ours, and each read twice", (Heap() - before, (int)engine.Memory.Count));
        }

        void Fill(Action<string, string> set)
        {
            for (var i = 0; i < count; i++)
            {
                set(texts[i], values[i]);
            }
        }

        void Add(string name, (long Bytes, int Entries) measured)
        {
            var each = (double)measured.Bytes / measured.Entries;
            limit ??= each;
            table.Add(name, Table.Number(measured.Entries), Table.Bytes(each), Table.Ratio(each / limit.Value));
        }
    }

    private static (long Bytes, int Entries) Measure(Func<(object Cache, int Entries)> fill)
    {
        var before = Heap();
        var (cache, entries) = fill();
        var bytes = Heap() - before;
        (cache as IDisposable)?.Dispose();
        return (bytes, entries);
    }

    private static long Heap()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
