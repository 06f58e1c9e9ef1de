using System.Diagnostics;
using System.Globalization;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Experiments;
using NeuroLab.Benchmarks.Harness;
using NeuroLab.Infrastructure.Persistence;

namespace NeuroLab.Benchmarks.Commands;

/// <summary>
/// A command with what it invalidates, next to the same command without: on PostgreSQL and Redis, one at a time and many in flight, with few keys in memory and with very many. The
/// engine's part of it: journal rows in the command's transaction, the node's own write known before the answer, a journal read and a hint.
/// </summary>
internal static class CommandBenchmark
{
    private const int Users = 200;
    private const int Width = 16;

    public static async Task RunAsync(BenchmarkRun run)
    {
        await using var redis = await RedisProcess.StartAsync();
        var table = new Table("command", "disk", "keys in memory", "without", "p99", "with", "p99", "ratio", "without a second, 16 in flight", "with", "ratio");
        foreach (var durable in new[] { true, false })
        {
            await using var postgres = await PostgresProcess.StartAsync(durable);
            foreach (var keys in run.IsSmoke ? [1_000] : durable ? Sizes(run) : [1_000])
            {
                await MeasureAsync(durable ? "waited for" : "not waited for", keys, await postgres.CreateDatabaseAsync(), redis, table, run);
            }

            if (run.IsSmoke)
            {
                break;
            }
        }

        table.Print("A command with invalidation, and the same without");
    }

    private static IReadOnlyList<int> Sizes(BenchmarkRun run) =>
        run.Arguments.Count == 0 ? [1_000, 100_000, 1_000_000] : [.. run.Arguments.Select(static text => int.Parse(text, CultureInfo.InvariantCulture))];

    private static async Task MeasureAsync(string disk, int keys, string database, RedisProcess redis, Table table, BenchmarkRun run)
    {
        await using var product = await Product.StartAsync(new Dictionary<string, string?>
        {
            [DatabaseTarget.PostgresName] = database,
            ["REDIS_URL"] = redis.Url,
            ["Cache:MemoryMaxSize"] = (keys + 10_000).ToString(CultureInfo.InvariantCulture),
            ["Cache:MemoryMaxBytes"] = (16L << 30).ToString(CultureInfo.InvariantCulture),
        });
        await product.AddUsersAsync(Users, 5);
        await FillAsync(product, keys);
        var experiments = await ExperimentsAsync(product);
        var next = 0;
        await CompareAsync(
            "create",
            mediator => Next() is var (user, _) ? mediator.Send(new CreateUnseen(user, $"Name {next}", "heart_rate", null)) : Task.CompletedTask,
            mediator => Next() is var (user, _) ? mediator.Send(new CreateExperiment(user, $"Name {next}", "heart_rate", null)) : Task.CompletedTask);
        await CompareAsync(
            "rename",
            mediator => Next() is var (user, id) ? mediator.Send(new RenameUnseen(user, id, $"Name {next}")) : Task.CompletedTask,
            mediator => Next() is var (user, id) ? mediator.Send(new RenameExperiment(user, id, $"Name {next}")) : Task.CompletedTask);

        Task CompareAsync(string command, Func<IMediator, Task> without, Func<IMediator, Task> with) =>
            MeasureAsync([command, disk, Table.Number(keys)], product, without, with, table, run);

        (Guid User, Guid Id) Next() => experiments[(Interlocked.Increment(ref next) & int.MaxValue) % experiments.Count];
    }

    private static async Task MeasureAsync(string[] what, Product product, Func<IMediator, Task> without, Func<IMediator, Task> with, Table table, BenchmarkRun run)
    {
        var (plain, ours) = (new Latencies(), new Latencies());
        for (var round = -run.Of(40, 1); round < run.Of(100, 2); round++)
        {
            // Each is first in its turn.
            await (round % 2 == 0 ? plain : ours).MeasureAsync(product, round % 2 == 0 ? without : with, round >= 0, run.Of(10, 2));
            await (round % 2 == 0 ? ours : plain).MeasureAsync(product, round % 2 == 0 ? with : without, round >= 0, run.Of(10, 2));
        }

        var (plainTime, ourTime) = (new Sample(), new Sample());
        for (var round = -run.Of(2, 0); round < run.Of(8, 1); round++)
        {
            foreach (var isOurs in round % 2 == 0 ? new[] { false, true } : [true, false])
            {
                var (perSecond, _) = await InFlight.RunAsync(Width, run.Of(600, 20), _ => SendAsync(product, isOurs ? with : without));
                if (round >= 0)
                {
                    (isOurs ? ourTime : plainTime).Add(1e9 / perSecond);
                }
            }
        }

        table.Add([
            .. what,
            Table.Duration(plain.Each.Median),
            Table.Duration(plain.Each.P99),
            Table.Duration(ours.Each.Median),
            Table.Duration(ours.Each.P99),
            Table.Ratio(ours.Blocks.RatioTo(plain.Blocks)),
            Table.Number((long)(1e9 / plainTime.Median)),
            Table.Number((long)(1e9 / ourTime.Median)),
            Table.Ratio(ourTime.RatioTo(plainTime)),
        ]);
    }

    /// <summary>Sends one as the service does: in a scope of its own.</summary>
    private static async Task SendAsync(Product product, Func<IMediator, Task> send)
    {
        await using var scope = product.Services.CreateAsyncScope();
        await send(scope.ServiceProvider.GetRequiredService<IMediator>());
    }

    private static async Task FillAsync(Product product, int keys)
    {
        var cache = product.Services.GetRequiredService<ICache>();
        var policy = CachePolicy.MemoryOnly;
        for (var i = 0; i < keys; i++)
        {
            await cache.SetAsync(Invalidation.Keys.Of(i), "value", policy, [], null, CancellationToken.None);
        }
    }

    /// <summary>In an order in which neighbours are of different users: many at a time do not wait for each other's rows.</summary>
    private static Task<List<(Guid User, Guid Id)>> ExperimentsAsync(Product product) => product.Services.GetRequiredService<Database>().ReadAsync(
        async (context, token) => (await context.Experiments.OrderBy(experiment => experiment.CreatedAt).ToListAsync(token)).ConvertAll(experiment => (experiment.UserId, experiment.Id)),
        CancellationToken.None);

    /// <summary>How long single commands take, and the mean of each block of them.</summary>
    private sealed class Latencies
    {
        public Sample Each { get; } = new();

        public Sample Blocks { get; } = new();

        public async Task MeasureAsync(Product product, Func<IMediator, Task> send, bool counts, int commands)
        {
            var sum = 0.0;
            for (var i = 0; i < commands; i++)
            {
                var started = Stopwatch.GetTimestamp();
                await SendAsync(product, send);
                var elapsed = Stopwatch.GetElapsedTime(started).TotalNanoseconds;
                sum += elapsed;
                if (counts)
                {
                    Each.Add(elapsed);
                }
            }

            if (counts)
            {
                Blocks.Add(sum / commands);
            }
        }
    }
}
