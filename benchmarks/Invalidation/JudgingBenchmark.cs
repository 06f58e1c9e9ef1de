using System.Diagnostics;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Benchmarks.Harness;

namespace NeuroLab.Benchmarks.Invalidation;

/// <summary>
/// What a hit pays for invalidations of other keys: the first read after one, which has to be judged against what is new, next to a plain hit, with few
/// live records and with many.
/// </summary>
internal static class JudgingBenchmark
{
    private const int KeysRead = 1_000;

    public static async Task RunAsync(BenchmarkRun run)
    {
        await LiveRecords.RunAsync(run);
        var table = new Table("live records", "plain hit", "first read after an invalidation elsewhere", "ratio", "after 100 of them", "ratio");
        foreach (var records in new[] { 10, run.Of(10_000, 100) })
        {
            var (plain, first, many) = await MeasureAsync(records, run);
            table.Add(
                Table.Number(records),
                Table.Duration(plain.Median),
                Table.Duration(first.Median),
                Table.Ratio(first.RatioTo(plain)),
                Table.Duration(many.Median),
                Table.Ratio(many.RatioTo(plain)));
        }

        table.Print($"Hits in memory on {Table.Number(KeysRead)} keys");
    }

    private static async Task<(Sample Plain, Sample First, Sample Many)> MeasureAsync(int records, BenchmarkRun run)
    {
        await using var engine = await Engine.StartAsync(100_000);
        var keys = Enumerable.Range(0, KeysRead).Select(Keys.Of).ToArray();
        foreach (var key in keys)
        {
            await engine.SetAsync(key, "value");
        }

        // Owners that have no entries here, and whose keys begin as the ones that are read do.
        var owner = 1_000;
        for (var i = 0; i < records; i++)
        {
            await engine.InvalidateAsync(Keys.Glob(owner++));
        }

        var (plain, first, many) = (new Sample(), new Sample(), new Sample());
        for (var round = -run.Of(500, 1); round < run.Of(2_000, 2); round++)
        {
            Read(engine, keys);
            var again = Read(engine, keys);
            await InvalidateElsewhereAsync(1);
            var afterOne = Read(engine, keys);
            await InvalidateElsewhereAsync(100);
            var afterMany = Read(engine, keys);
            if (round >= 0)
            {
                plain.Add(again);
                first.Add(afterOne);
                many.Add(afterMany);
            }
        }

        return (plain, first, many);

        async Task InvalidateElsewhereAsync(int count)
        {
            // Over and over the same owners: the number of records stays what it is.
            for (var i = 0; i < count; i++)
            {
                await engine.InvalidateAsync(Keys.Glob(1_000 + (owner++ % records)));
            }
        }
    }

    /// <summary>Reads all keys once.</summary>
    /// <returns>Nanoseconds a read.</returns>
    private static double Read(Engine engine, CacheKey[] keys)
    {
        var started = Stopwatch.GetTimestamp();
        foreach (var key in keys)
        {
            if (!engine.GetAsync(key).ToTask().IsCompletedSuccessfully)
            {
                throw new InvalidOperationException("A read was not a hit in memory.");
            }
        }

        return Stopwatch.GetElapsedTime(started).TotalNanoseconds / keys.Length;
    }
}
