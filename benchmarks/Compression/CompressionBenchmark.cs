using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Benchmarks.Harness;
using NeuroLab.Infrastructure.Caching.Redis;

namespace NeuroLab.Benchmarks.Compression;

/// <summary>
/// What compressing a value for Redis costs and saves, by its size: a dashboard's JSON through the codec of the shared tier, compressed and not. A read pays
/// when the bytes that it saves take longer on the line than their decompression.
/// </summary>
internal static class CompressionBenchmark
{
    private const double NanosecondsAByteAtOneGigabit = 8;
    private static readonly CacheKey Key = CacheKey.Of("compression");

    public static Task RunAsync(BenchmarkRun run)
    {
        var table = new Table("JSON bytes", "stored", "ratio", "write", "compressed", "read", "decompressed", "read: line at 1 Gbit/s saved / CPU spent", "at 10 Gbit/s");
        foreach (var kilobytes in new[] { 0.5, 1, 2, 4, 8, 16, 32, 64 })
        {
            var entry = EntryOf(Json((int)(kilobytes * 1024)));
            var (plain, packed) = (RedisValueCodec.Encode(Key, entry, 1, 0)!.Value, RedisValueCodec.Encode(Key, entry, 1, 1)!.Value);
            Sample write = new(), writePacked = new(), read = new(), readPacked = new();
            for (var round = -run.Of(100, 1); round < run.Of(400, 2); round++)
            {
                // In turn, so that what disturbs the machine disturbs each.
                Measure(round, write, () => RedisValueCodec.Encode(Key, entry, 1, 0));
                Measure(round, writePacked, () => RedisValueCodec.Encode(Key, entry, 1, 1));
                Measure(round, read, () => RedisValueCodec.TryDecode(Key, plain, out _, out _));
                Measure(round, readPacked, () => RedisValueCodec.TryDecode(Key, packed, out _, out _));
            }

            var saved = (plain.Length - packed.Length) * NanosecondsAByteAtOneGigabit;
            var spent = readPacked.Median - read.Median;
            table.Add(
                Table.Number(entry.Payload.Length),
                Table.Number(packed.Length),
                Table.Ratio((double)packed.Length / plain.Length),
                Table.Duration(write.Median),
                Table.Duration(writePacked.Median),
                Table.Duration(read.Median),
                Table.Duration(readPacked.Median),
                Table.Ratio(saved / spent),
                Table.Ratio(saved / 10 / spent));
        }

        table.Print("A value for Redis, compressed and not");
        return Task.CompletedTask;
    }

    private static void Measure<T>(int round, Sample sample, Func<T> run)
    {
        const int Repeats = 20;
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Repeats; i++)
        {
            run();
        }

        if (round >= 0)
        {
            sample.Add(Stopwatch.GetElapsedTime(started).TotalNanoseconds / Repeats);
        }
    }

    /// <summary>A dashboard's recent list, as long as the size asks for; the numbers in it are as random as measured ones.</summary>
    private static byte[] Json(int size)
    {
        var random = new Random(1);
        var rows = new List<object>();
        byte[] json;
        do
        {
            rows.Add(new
            {
                id = new Guid(Bytes(random)),
                name = string.Create(CultureInfo.InvariantCulture, $"Experiment {random.Next(1000)}"),
                experiment_type = new[] { "heart_rate", "reaction_time", "memory", "eeg" }[random.Next(4)],
                status = random.Next(10) == 0 ? "failed" : "completed",
                created_at = new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(random.Next(2_000_000)),
                metrics = new { mean = random.NextDouble() * 100, std_dev = random.NextDouble() * 10, min = random.Next(50), max = random.Next(50, 200) },
            });
            json = JsonSerializer.SerializeToUtf8Bytes(new { period = "30d", total_experiments = rows.Count, recent = rows });
        }
        while (json.Length < size);
        return json;
    }

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return bytes;
    }

    private static DistributedEntry EntryOf(byte[] payload) => new()
    {
        Payload = payload,
        Schema = 1,
        JournalId = Guid.NewGuid(),
        Lease = 1,
        CachedAt = DateTime.UtcNow,
        Age = TimeSpan.Zero,
        TimeToLive = TimeSpan.FromMinutes(5),
        StaleWindow = TimeSpan.FromMinutes(10),
    };
}
