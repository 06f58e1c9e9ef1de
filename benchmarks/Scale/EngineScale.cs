using System.Diagnostics;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Dashboard;
using NeuroLab.Benchmarks.Harness;
using NeuroLab.Benchmarks.Invalidation;

namespace NeuroLab.Benchmarks.Scale;

/// <summary>What a request costs one node as keys, users and live journal records grow. All sizes in turn, on one thread.</summary>
internal static class EngineScale
{
    private const int Reads = 1_000;

    /// <summary>Random keys of so many in memory, in an order drawn beforehand.</summary>
    public static async Task KeysAsync(BenchmarkRun run)
    {
        var sizes = run.IsSmoke ? [100, 1_000] : new[] { 1_000, 10_000, 100_000, 1_000_000 };
        var (engines, rounds) = (new List<Engine>(), new List<Func<double>>());
        var bytes = new List<double>();
        foreach (var size in sizes)
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var engine = await Engine.StartAsync(size + (size / 10));
            var keys = new CacheKey[size];
            for (var i = 0; i < size; i++)
            {
                keys[i] = Keys.Of(i);
                await engine.SetAsync(keys[i], "value");
            }

            bytes.Add((GC.GetTotalMemory(forceFullCollection: true) - before) / (double)size);
            engines.Add(engine);
            var random = new Random(1);
            rounds.Add(() => Read(keys, random, key => engine.GetAsync(key).ToTask()));
        }

        Print("A hit in memory, by the number of keys", "keys", sizes, Measure(rounds, run), ("bytes a key, its text of 49 characters included", bytes));
        foreach (var engine in engines)
        {
            await engine.DisposeAsync();
        }
    }

    /// <summary>The dashboard's summary through the mediator, of random users of so many, all in memory.</summary>
    public static async Task UsersAsync(BenchmarkRun run)
    {
        var sizes = run.IsSmoke ? [10, 100] : new[] { 10, 1_000, 10_000, 100_000 };
        var (products, rounds) = (new List<Product>(), new List<Func<double>>());
        var answer = new DashboardSummaryResponse(
            0, new Dictionary<string, int>(), new Dictionary<string, int>(), new RecentActivityResponse(0, 0), new Dictionary<string, Application.Experiments.MetricsResponse>(), DateTime.UnixEpoch);
        foreach (var size in sizes)
        {
            var product = await Product.StartAsync(new Dictionary<string, string?> { ["Cache:MemoryMaxSize"] = "200000", ["Cache:MemoryMaxBytes"] = "4294967296" });
            var cache = product.Services.GetRequiredService<ICache>();
            var users = Enumerable.Range(0, size).Select(static _ => Guid.NewGuid()).ToArray();
            foreach (var user in users)
            {
                var query = new GetDashboardSummary(user);
                await cache.SetAsync(query.Key, answer, query.Policy, [], null, CancellationToken.None);
            }

            products.Add(product);
            var (scope, random) = (product.Services.CreateScope(), new Random(1));
            var mediator = scope.ServiceProvider.GetRequiredService<IMediator>();
            rounds.Add(() => Read(users, random, user => mediator.Send(new GetDashboardSummary(user))));
        }

        Print("A cached query through IMediator.Send, by the number of users", "users", sizes, Measure(rounds, run));
        foreach (var product in products)
        {
            await product.DisposeAsync();
        }
    }

    /// <summary>Keys that no record matches: a hit, and the first read after one more record.</summary>
    public static async Task JournalAsync(BenchmarkRun run)
    {
        var sizes = run.IsSmoke ? [10, 100] : new[] { 10, 1_000, 10_000, 100_000 };
        var (engines, hits, firsts) = (new List<Engine>(), new List<Func<double>>(), new List<Func<double>>());
        foreach (var size in sizes)
        {
            var engine = await Engine.StartAsync(Reads * 2, new Dictionary<string, string?> { ["Cache:MaxRecords"] = "200000" });
            var written = Enumerable.Range(1_000, size).Select(static owner => Application.Abstractions.Caching.Invalidation.OfPattern(CachePattern.Glob(Keys.Glob(owner)))).ToList();
            await engine.Cache.InvalidateAsync(written, "benchmark", CancellationToken.None);
            var keys = Enumerable.Range(0, Reads).Select(Keys.Of).ToArray();
            foreach (var key in keys)
            {
                await engine.SetAsync(key, "value");
            }

            engines.Add(engine);
            var (random, next) = (new Random(1), 0);
            hits.Add(() => Read(keys, random, key => engine.GetAsync(key).ToTask()));
            firsts.Add(() =>
            {
                engine.InvalidateAsync(Keys.Glob(1_000 + (next++ % size))).GetAwaiter().GetResult();
                var index = 0;
                return Read(keys, random, _ => engine.GetAsync(keys[index++]).ToTask());
            });
        }

        var (hit, first) = (Measure(hits, run), Measure(firsts, run));
        Print("Hits on keys that no record matches, by the number of live journal records", "live records", sizes, hit);
        Print("The first read of such a key after one more record", "live records", sizes, first);
        foreach (var engine in engines)
        {
            await engine.DisposeAsync();
        }
    }

    private static Sample[] Measure(List<Func<double>> rounds, BenchmarkRun run)
    {
        var samples = rounds.Select(static _ => new Sample()).ToArray();
        for (var round = -run.Of(500, 1); round < run.Of(2_000, 2); round++)
        {
            for (var i = 0; i < rounds.Count; i++)
            {
                var which = (i + round + 500) % rounds.Count;
                var elapsed = rounds[which]();
                if (round >= 0)
                {
                    samples[which].Add(elapsed);
                }
            }
        }

        return samples;
    }

    private static double Read<TKey, T>(TKey[] keys, Random random, Func<TKey, Task<T>> read)
    {
        var drawn = new TKey[Reads];
        for (var i = 0; i < Reads; i++)
        {
            drawn[i] = keys[random.Next(keys.Length)];
        }

        var started = Stopwatch.GetTimestamp();
        foreach (var key in drawn)
        {
            if (!read(key).IsCompletedSuccessfully)
            {
                throw new InvalidOperationException("A read was not a hit in memory.");
            }
        }

        return Stopwatch.GetElapsedTime(started).TotalNanoseconds / Reads;
    }

    private static void Print(string title, string what, int[] sizes, Sample[] samples, (string Name, IReadOnlyList<double> Values)? more = null)
    {
        var table = new Table([what, "median", "p99 of the means of 1,000", $"to {Table.Number(sizes[0])}", .. more is { } column ? [column.Name] : Array.Empty<string>()]);
        for (var i = 0; i < sizes.Length; i++)
        {
            table.Add([
                Table.Number(sizes[i]), Table.Duration(samples[i].Median), Table.Duration(samples[i].P99), Table.Ratio(samples[i].RatioTo(samples[0])),
                .. more is { } values ? [Table.Bytes(values.Values[i])] : Array.Empty<string>(),
            ]);
        }

        table.Print(title);
    }
}
