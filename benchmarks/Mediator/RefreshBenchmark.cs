using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using MediatR;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Dashboard;
using NeuroLab.Benchmarks.Harness;
using NeuroLab.Infrastructure.Persistence;

namespace NeuroLab.Benchmarks.Mediator;

/// <summary>A cached read next to the same read with <c>force_refresh</c>, through the mediator, on both databases: how long they take, and how many statements they send.</summary>
internal static class RefreshBenchmark
{
    public static async Task RunAsync(BenchmarkRun run)
    {
        var table = new Table("database", "experiments", "cached", "statements", "force_refresh", "statements", "less time");
        await MeasureAsync("SQLite", null, table, run);
        await using (var postgres = await PostgresProcess.StartAsync())
        {
            await MeasureAsync("PostgreSQL", await postgres.CreateDatabaseAsync(), table, run);
        }

        table.Print("The dashboard's summary, cached and refreshed");
    }

    private static async Task MeasureAsync(string name, string? database, Table table, BenchmarkRun run)
    {
        var statements = new Statements();
        await using var product = await Product.StartAsync(new Dictionary<string, string?> { [DatabaseTarget.PostgresName] = database }, statements);
        var experiments = run.Of(1_000, 50);
        var user = (await product.AddUsersAsync(1, experiments))[0];
        var cached = new GetDashboardSummary(user);
        var refreshed = cached with { ReadOptions = new CacheReadOptions(ForceRefresh: true) };
        await SendAsync(product, cached);
        var (hit, load) = (new Sample(), new Sample());
        var (ofHits, ofLoads) = (0L, 0L);
        var rounds = run.Of(300, 2);
        for (var round = -run.Of(100, 1); round < rounds; round++)
        {
            var before = statements.Count;
            var hitTime = await TimeAsync(product, cached);
            var between = statements.Count;
            var loadTime = await TimeAsync(product, refreshed);
            if (round >= 0)
            {
                hit.Add(hitTime);
                load.Add(loadTime);
                (ofHits, ofLoads) = (ofHits + between - before, ofLoads + statements.Count - between);
            }
        }

        table.Add(
            name,
            Table.Number(experiments),
            Table.Duration(hit.Median),
            Table.Ratio((double)ofHits / rounds),
            Table.Duration(load.Median),
            Table.Ratio((double)ofLoads / rounds),
            string.Create(CultureInfo.InvariantCulture, $"{100 * (1 - hit.RatioTo(load)):0.00} %"));
    }

    private static async Task<double> TimeAsync(Product product, GetDashboardSummary query)
    {
        var started = Stopwatch.GetTimestamp();
        await SendAsync(product, query);
        return Stopwatch.GetElapsedTime(started).TotalNanoseconds;
    }

    private static async Task SendAsync(Product product, GetDashboardSummary query)
    {
        await using var scope = product.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IMediator>().Send(query);
    }

    private sealed class Statements : DbCommandInterceptor
    {
        private long _count;

        public long Count => Interlocked.Read(ref _count);

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _count);
            return base.ReaderExecutingAsync(command, eventData, result, cancellationToken);
        }
    }
}
