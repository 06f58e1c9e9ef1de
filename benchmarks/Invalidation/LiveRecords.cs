using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Benchmarks.Harness;
using ZiggyCreatures.Caching.Fusion;

namespace NeuroLab.Benchmarks.Invalidation;

/// <summary>Hits on keys that no invalidation touches, with none and with many of them in force: two caches of each kind, read in turn.</summary>
internal static class LiveRecords
{
    private const int KeysRead = 1_000;
    private const string Tag = "read";

    public static async Task RunAsync(BenchmarkRun run)
    {
        var records = run.Of(10_000, 100);
        await using var none = await FillAsync(0, []);
        await using var many = await FillAsync(records, []);
        await using var noneTagged = await FillAsync(0, [Tag]);
        await using var manyTagged = await FillAsync(records, [Tag]);
        using var hybridNone = await FillHybridAsync(0);
        using var hybridMany = await FillHybridAsync(records);
        using var fusionNone = await FillFusionAsync(0);
        using var fusionMany = await FillFusionAsync(records);
        var hybrid = (None: Hybrid(hybridNone), Many: Hybrid(hybridMany));
        var fusion = (None: Fusion(fusionNone), Many: Fusion(fusionMany));
        var keys = Enumerable.Range(0, KeysRead).Select(Keys.Of).ToArray();
        Pair[] pairs =
        [
            new("ours", () => Read(keys, key => Hit(none.GetAsync(key))), () => Read(keys, key => Hit(many.GetAsync(key)))),
            new("ours, one tag an entry", () => Read(keys, key => Hit(noneTagged.GetAsync(key))), () => Read(keys, key => Hit(manyTagged.GetAsync(key)))),
            new("HybridCache, one tag an entry", () => Read(keys, key => Get(hybrid.None, key)), () => Read(keys, key => Get(hybrid.Many, key))),
            new("FusionCache, one tag an entry", () => Read(keys, key => Get(fusion.None, key)), () => Read(keys, key => Get(fusion.Many, key))),
        ];
        for (var round = -run.Of(500, 1); round < run.Of(2_000, 2); round++)
        {
            foreach (var pair in pairs)
            {
                pair.Measure(round);
            }
        }

        var table = new Table("cache", "hit, none in force", $"hit, {Table.Number(records)} in force", "ratio");
        foreach (var pair in pairs)
        {
            table.Add(pair.Name, Table.Duration(pair.None.Median), Table.Duration(pair.Many.Median), Table.Ratio(pair.Many.RatioTo(pair.None)));
        }

        table.Print("Hits in memory on keys that no invalidation touches");
    }

    private static async Task<Engine> FillAsync(int records, IReadOnlyList<string> tags)
    {
        var engine = await Engine.StartAsync(100_000);
        for (var i = 0; i < records; i++)
        {
            await engine.InvalidateAsync(Keys.Glob(1_000 + i));
        }

        for (var i = 0; i < KeysRead; i++)
        {
            await engine.Cache.SetAsync(Keys.Of(i), "value", CachePolicy.Default, tags, null, CancellationToken.None);
        }

        return engine;
    }

    private static async Task<ServiceProvider> FillHybridAsync(int records)
    {
        var life = TimeSpan.FromHours(1);
        var services = new ServiceCollection();
        services.AddHybridCache(options => options.DefaultEntryOptions = new HybridCacheEntryOptions { Expiration = life, LocalCacheExpiration = life });
        var provider = services.BuildServiceProvider();
        for (var i = 0; i < records; i++)
        {
            await Hybrid(provider).RemoveByTagAsync(string.Create(CultureInfo.InvariantCulture, $"tag{i}"));
        }

        for (var i = 0; i < KeysRead; i++)
        {
            await Hybrid(provider).SetAsync(Keys.Of(i).Value, "value", tags: [Tag]);
        }

        return provider;
    }

    private static async Task<ServiceProvider> FillFusionAsync(int records)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddFusionCache().WithDefaultEntryOptions(new FusionCacheEntryOptions(TimeSpan.FromHours(1)));
        var provider = services.BuildServiceProvider();
        for (var i = 0; i < records; i++)
        {
            await Fusion(provider).RemoveByTagAsync(string.Create(CultureInfo.InvariantCulture, $"tag{i}"));
        }

        for (var i = 0; i < KeysRead; i++)
        {
            await Fusion(provider).SetAsync(Keys.Of(i).Value, "value", tags: [Tag]);
        }

        return provider;
    }

    private static HybridCache Hybrid(ServiceProvider provider) => provider.GetRequiredService<HybridCache>();

    private static IFusionCache Fusion(ServiceProvider provider) => provider.GetRequiredService<IFusionCache>();

    private static void Hit(ValueTask<Cached<string>> read) => Check(read.IsCompletedSuccessfully);

    private static void Get(HybridCache cache, CacheKey key) =>
        Check(cache.GetOrCreateAsync<string>(key.Value, static _ => throw new InvalidOperationException("It is cached."), tags: [Tag]).AsTask().IsCompletedSuccessfully);

    private static void Get(IFusionCache cache, CacheKey key) => cache.GetOrSet<string>(key.Value, static _ => throw new InvalidOperationException("It is cached."), tags: [Tag]);

    private static void Check(bool isHit)
    {
        if (!isHit)
        {
            throw new InvalidOperationException("A read was not a hit in memory.");
        }
    }

    private static double Read(CacheKey[] keys, Action<CacheKey> read)
    {
        var started = Stopwatch.GetTimestamp();
        foreach (var key in keys)
        {
            read(key);
        }

        return Stopwatch.GetElapsedTime(started).TotalNanoseconds / keys.Length;
    }

    private sealed record Pair(string Name, Func<double> ReadNone, Func<double> ReadMany)
    {
        public Sample None { get; } = new();

        public Sample Many { get; } = new();

        public void Measure(int round)
        {
            // Each is first in its turn.
            var first = (round & 1) == 0 ? ReadNone() : ReadMany();
            var second = (round & 1) == 0 ? ReadMany() : ReadNone();
            if (round >= 0)
            {
                None.Add((round & 1) == 0 ? first : second);
                Many.Add((round & 1) == 0 ? second : first);
            }
        }
    }
}
