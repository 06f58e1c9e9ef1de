using NeuroLab.Benchmarks.Harness;
using StackExchange.Redis;

namespace NeuroLab.Benchmarks.Invalidation;

/// <summary>
/// One glob that matches a hundred keys, out of few and out of very many: by the engine, and by searching Redis for what matches, with KEYS and DEL and
/// with SCAN and UNLINK.
/// </summary>
internal static class InvalidationBenchmark
{
    private static readonly int[] AllSizes = [1_000, 200_000, 1_000_000];

    public static async Task RunAsync(BenchmarkRun run)
    {
        int[] sizes = run.IsSmoke ? [1_000, 2_000] : AllSizes;
        var engine = await MeasureEngineAsync(sizes, run);
        var redis = await MeasureRedisAsync(sizes, run);
        var table = new Table("keys", "engine, median", "p99", "to 1,000 keys", "KEYS + DEL", "SCAN + UNLINK");
        for (var i = 0; i < sizes.Length; i++)
        {
            table.Add(
                Table.Number(sizes[i]),
                Table.Duration(engine[i].Median),
                Table.Duration(engine[i].P99),
                Table.Ratio(engine[i].RatioTo(engine[0])),
                Table.Duration(redis[i].Keys.Median),
                Table.Duration(redis[i].Scan.Median));
        }

        table.Print("Invalidating a glob that matches 100 keys");
    }

    private static async Task<Sample[]> MeasureEngineAsync(int[] sizes, BenchmarkRun run)
    {
        var engines = new List<Engine>();
        var samples = sizes.Select(static _ => new Sample()).ToArray();
        foreach (var size in sizes)
        {
            var engine = await Engine.StartAsync(size);
            for (var i = 0; i < size; i++)
            {
                await engine.SetAsync(Keys.Of(i), "value");
            }

            engines.Add(engine);
        }

        // All in turn, so that what disturbs the machine disturbs each.
        for (var round = -run.Of(50, 1); round < run.Of(200, 2); round++)
        {
            for (var i = 0; i < sizes.Length; i++)
            {
                var owner = (round + 50) % (sizes[0] / Keys.PerOwner);
                var sample = round < 0 ? new Sample() : samples[i];
                await sample.MeasureAsync(() => engines[i].InvalidateAsync(Keys.Glob(owner)));
            }
        }

        foreach (var engine in engines)
        {
            await engine.DisposeAsync();
        }

        return samples;
    }

    private static async Task<(Sample Keys, Sample Scan)[]> MeasureRedisAsync(int[] sizes, BenchmarkRun run)
    {
        var results = new List<(Sample Keys, Sample Scan)>();
        foreach (var size in sizes)
        {
            await using var redis = await RedisProcess.StartAsync();
            await FillAsync(redis.Database, 0, size);
            var (keys, scan) = (new Sample(), new Sample());
            for (var round = 0; round < run.Of(7, 1); round++)
            {
                await keys.MeasureAsync(() => KeysAndDeleteAsync(redis, Keys.Glob(1)));
                await FillAsync(redis.Database, Keys.PerOwner, Keys.PerOwner);
                await scan.MeasureAsync(() => ScanAndUnlinkAsync(redis, Keys.Glob(1)));
                await FillAsync(redis.Database, Keys.PerOwner, Keys.PerOwner);
            }

            results.Add((keys, scan));
        }

        return [.. results];
    }

    private static async Task FillAsync(IDatabase database, int first, int count)
    {
        foreach (var chunk in Enumerable.Range(first, count).Chunk(10_000))
        {
            await Task.WhenAll(chunk.Select(number => database.StringSetAsync(Keys.Of(number).Value, "value")));
        }
    }

    private static async Task KeysAndDeleteAsync(RedisProcess redis, string glob)
    {
        var found = (RedisKey[])(await redis.Server.ExecuteAsync("KEYS", glob))!;
        Check(await redis.Database.KeyDeleteAsync(found));
    }

    private static async Task ScanAndUnlinkAsync(RedisProcess redis, string glob)
    {
        var (cursor, deleted) = ("0", 0L);
        do
        {
            var page = (RedisResult[])(await redis.Server.ExecuteAsync("SCAN", cursor, "MATCH", glob, "COUNT", "500"))!;
            cursor = (string)page[0]!;
            if ((RedisKey[])page[1]! is { Length: > 0 } found)
            {
                deleted += await redis.Database.KeyDeleteAsync(found);
            }
        }
        while (cursor != "0");
        Check(deleted);
    }

    private static void Check(long deleted)
    {
        if (deleted != Keys.PerOwner)
        {
            throw new InvalidOperationException($"{deleted} keys were deleted instead of {Keys.PerOwner}.");
        }
    }
}
