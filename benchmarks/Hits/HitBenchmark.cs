using System.Collections.Concurrent;
using BitFaster.Caching.Lru;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Benchmarks.Harness;
using NeuroLab.Benchmarks.Peers;

namespace NeuroLab.Benchmarks.Hits;

/// <summary>
/// A hit in memory, on one thread, of ten thousand entries: a hundred hot ones, and all of them. Keys are other instances than those that were stored, as a request makes its own.
/// </summary>
internal static class HitBenchmark
{
    private const string Tag = "dashboard";

    public static async Task RunAsync(BenchmarkRun run)
    {
        var stored = KeyText.First(run.Of(10_000, 500));
        await using var engine = await Engine.StartLastingAsync(2 * stored.Length);
        await using var tagged = await Engine.StartLastingAsync(2 * stored.Length);
        var peers = new Contestants(engine, tagged, stored.Length);
        await peers.FillAsync(stored);
        Measure(run, peers, stored.Length, run.Of(100, 50));
        Measure(run, peers, stored.Length, stored.Length);
    }

    private static void Measure(BenchmarkRun run, Contestants peers, int entries, int read)
    {
        var random = new Random(read);
        var order = new int[run.Of(100_000, 1_000)];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i % read;
        }

        random.Shuffle(order);
        var texts = KeyText.First(read);
        var keys = KeyText.Keys(texts);
        string[] textOrder = [.. order.Select(number => texts[number])];
        CacheKey[] keyOrder = [.. order.Select(number => keys[number])];
        var contest = new Contest($"A hit in memory, {Table.Number(read)} keys of {Table.Number(entries)}", "ConcurrentDictionary");
        peers.Enter(contest, textOrder, keyOrder);
        contest.Run(run.Of(100, 2), run.Of(20, 1));
    }

    private sealed class Contestants(Engine engine, Engine tagged, int entries)
    {
        // Room for twice as many: what is measured is hits alone.
        private readonly ConcurrentDictionary<string, string> _dictionary = new();
        private readonly ConcurrentTLru<string, string> _tlru = new(2 * entries, PeerCaches.TimeToLive);
        private readonly Microsoft.Extensions.Caching.Memory.MemoryCache _memory = PeerCaches.Memory(2 * entries);
        private readonly Microsoft.Extensions.Caching.Hybrid.HybridCache _hybrid = PeerCaches.Hybrid(100 * entries).Cache;
        private readonly ZiggyCreatures.Caching.Fusion.FusionCache _fusion = PeerCaches.Fusion().Cache;
        private readonly ZiggyCreatures.Caching.Fusion.FusionCache _fusionTagged = PeerCaches.Fusion().Cache;

        /// <summary>Fills each by itself, as it would be in a process of its own: what belongs together lies together.</summary>
        public async Task FillAsync(string[] keys)
        {
            await EachAsync(keys, (text, value) => _dictionary[text] = value);
            await EachAsync(keys, (text, value) => _tlru.AddOrUpdate(text, value));
            await EachAsync(keys, (text, value) => MemoryCacheReader.Set(_memory, text, value));
            await EachAsync(keys, (text, value) => _hybrid.SetAsync(text, value).AsTask());
            await EachAsync(keys, (text, value) => _fusion.SetAsync(text, value).AsTask());
            await EachAsync(keys, (text, value) => _fusionTagged.SetAsync(text, value, tags: [Tag]).AsTask());
            await EachAsync(keys, (text, value) => engine.SetAsync(CacheKey.Of(text), value));
            await EachAsync(keys, (text, value) => tagged.SetAsync(CacheKey.Of(text), value, Tag));
        }

        private static Task EachAsync(string[] keys, Action<string, string> store) => EachAsync(keys, (text, value) =>
        {
            store(text, value);
            return Task.CompletedTask;
        });

        private static async Task EachAsync(string[] keys, Func<string, string, Task> store)
        {
            foreach (var text in keys)
            {
                // As long as what a load would bring is not: a sum of lengths tells hits.
                await store(text, text[10..18]);
            }
        }

        public void Enter(Contest contest, string[] texts, CacheKey[] keys) => contest
            .Add("ConcurrentDictionary", texts.Length, () => Read(new DictionaryReader(_dictionary), texts))
            .Add("ours", keys.Length, () => Read(new EngineReader(engine), keys))
            .Add("ours, 1 tag", keys.Length, () => Read(new EngineReader(tagged, Tag), keys))
            .Add("ours, the key made from its text each time", texts.Length, () => Read(new EngineTextReader(engine), texts))
            .Add("BitFaster ConcurrentTLru", texts.Length, () => Read(new BitFasterReader<ConcurrentTLru<string, string>>(_tlru), texts))
            .Add("MemoryCache", texts.Length, () => Read(new MemoryCacheReader(_memory), texts))
            .Add("HybridCache", texts.Length, () => Read(new HybridReader(_hybrid), texts))
            .Add("FusionCache", texts.Length, () => Read(new FusionReader(_fusion), texts))
            .Add("FusionCache, 1 tag", texts.Length, () => Read(new FusionReader(_fusionTagged, Tag), texts));

        private static void Read<TCache, TKey>(TCache cache, TKey[] keys)
            where TCache : struct, IReadThrough<TKey>
        {
            var length = 0;
            foreach (var key in keys)
            {
                length += cache.Get(key).Length;
            }

            if (length != 8 * keys.Length)
            {
                throw new InvalidOperationException("A read was not a hit.");
            }
        }
    }
}
