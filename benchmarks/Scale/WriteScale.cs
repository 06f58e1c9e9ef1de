using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Benchmarks.Harness;
using NeuroLab.Infrastructure.Caching.Journal;
using NeuroLab.Infrastructure.Persistence;
using Npgsql;

namespace NeuroLab.Benchmarks.Scale;

/// <summary>
/// What another node's writes cost a node that follows them: journal records are written to PostgreSQL at a rate, each in a transaction of its own, and a node follows: it is
/// told of each as a hint would tell it. How late it knows of one, what its readings take of a processor, and what a hit costs meanwhile.
/// </summary>
internal static class WriteScale
{
    public static async Task RunAsync(BenchmarkRun run)
    {
        await using var postgres = await PostgresProcess.StartAsync(durable: false);
        var database = await postgres.CreateDatabaseAsync();
        await using var node = await Product.StartAsync(new Dictionary<string, string?> { [DatabaseTarget.PostgresName] = database });
        var observer = new Lags();
        var table = new Table("writes a second, asked", "written", "lag, median", "p99", "processor of this process, without the follower", "with", "the follower's");
        foreach (var rate in run.IsSmoke ? [10] : new[] { 1, 10, 100, 500, 1_000, 2_000 })
        {
            var time = TimeSpan.FromSeconds(run.Of(6, 1));
            var (_, alone) = await WriteAsync(database, null, null, rate, time);
            var (written, followed) = await WriteAsync(database, node, observer, rate, time);
            table.Add(
                Table.Number(rate),
                Table.Number((long)(written / time.TotalSeconds)),
                Table.Duration(observer.Sample.Median),
                Table.Duration(observer.Sample.P99),
                Percent(alone),
                Percent(followed),
                Percent(followed - alone));
            observer.Clear();
        }

        table.Print("Following another node's writes");
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0} %");

    /// <summary>Writes at a rate, with a node following or not.</summary>
    /// <returns>How much was written, and what share of one processor this process took.</returns>
    private static async Task<(int Written, double Processor)> WriteAsync(string database, Product? node, Lags? lags, int rate, TimeSpan time)
    {
        await using var source = NpgsqlDataSource.Create(database + ";Max Auto Prepare=10;Auto Prepare Min Usages=1;Maximum Pool Size=8");
        var follower = node?.Services.GetRequiredService<JournalFollower>();
        var index = node?.Services.GetRequiredService<InvalidationIndex>();
        using var stop = new CancellationTokenSource();
        var watching = lags is null ? Task.CompletedTask : Task.Run(() => WatchAsync(index!, lags, stop.Token), CancellationToken.None);
        var processor = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        var written = 0;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(rate, 4)).Select(async worker =>
        {
            int number;
            while (Stopwatch.GetElapsedTime(started) < time && (number = Interlocked.Increment(ref written)) > 0)
            {
                var due = TimeSpan.FromSeconds((double)number / rate) - Stopwatch.GetElapsedTime(started);
                if (due > TimeSpan.FromMilliseconds(1))
                {
                    await Task.Delay(due);
                }

                var key = CacheKey.Of(string.Create(CultureInfo.InvariantCulture, $"scale:{Guid.NewGuid():N}:item"));
                await using var command = source.CreateCommand(
                    "INSERT INTO public.cache_journal (target, pattern, is_purge, command, created_at) VALUES ('pattern', $1, FALSE, 'scale', now() AT TIME ZONE 'utc')");
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key.Value });
                await command.ExecuteNonQueryAsync();
                if (lags is not null)
                {
                    lags.Written(key);
                    _ = follower!.CatchUpAsync();
                }
            }
        }));
        var share = (Environment.CpuUsage.TotalTime - processor) / Stopwatch.GetElapsedTime(started);
        await Task.Delay(300);
        await stop.CancelAsync();
        await watching;
        return (written, share);
    }

    /// <summary>Looks, each millisecond, which of the writes the node knows of.</summary>
    private static async Task WatchAsync(InvalidationIndex index, Lags lags, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            lags.Look(index);
            await Task.Delay(1, CancellationToken.None);
        }
    }

    private sealed class Lags
    {
        private readonly ConcurrentDictionary<CacheKey, long> _open = new();

        public Sample Sample { get; private set; } = new();

        public void Written(CacheKey key) => _open[key] = Stopwatch.GetTimestamp();

        public void Look(InvalidationIndex index)
        {
            foreach (var (key, at) in _open)
            {
                if (index.Judge(key, [], 0, index.Epoch) != Validity.Valid && _open.TryRemove(key, out _))
                {
                    Sample.Add(Stopwatch.GetElapsedTime(at).TotalNanoseconds);
                }
            }
        }

        public void Clear()
        {
            _open.Clear();
            Sample = new();
        }
    }
}
