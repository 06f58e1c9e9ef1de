using System.Diagnostics;
using System.Globalization;
using NeuroLab.IntegrationTests.EndToEnd;
using NeuroLab.Tests;
using Xunit.Abstractions;

namespace NeuroLab.IntegrationTests.History;

/// <summary>Tests of several nodes as processes. They stop what they need, and measure times, so nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class HistoryCollection : ICollectionFixture<Servers>
{
    public const string Name = "history";
}

/// <summary>Random histories of several nodes in trouble, held against invariant I1. NEUROLAB_HISTORY_SEED runs a plan again.</summary>
[Collection(HistoryCollection.Name)]
public sealed class HistoryTests(Servers servers, ITestOutputHelper output)
{
    private static readonly int Seed =
        int.TryParse(Environment.GetEnvironmentVariable("NEUROLAB_HISTORY_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : Random.Shared.Next(1, 1_000_000);

    [Fact]
    public async Task Answers_OfThreeNodesInTrouble_BreakNoClause()
    {
        for (var round = 0; round < TestSize.Of(1, 5); round++)
        {
            var history = await RunAsync(nodes: 3, redis: true, Seed + round, TestSize.Of(200_000, 400_000));

            // A run in which something never happened would prove nothing of it.
            HistoryReport.Sources(history).Keys.Should().Contain([AnswerSource.Memory, AnswerSource.Redis, AnswerSource.Origin, AnswerSource.Stale, AnswerSource.Unmarked]);
        }
    }

    [Fact]
    public async Task Answers_OfTwoNodesInTroubleWithoutRedis_BreakNoClause()
    {
        var history = await RunAsync(nodes: 2, redis: false, Seed, TestSize.Of(40_000, 400_000));

        HistoryReport.Sources(history).Keys.Should().Contain([AnswerSource.Memory, AnswerSource.Origin, AnswerSource.Stale, AnswerSource.Unmarked])
            .And.NotContain(AnswerSource.Redis);
    }

    private async Task<History> RunAsync(int nodes, bool redis, int seed, int operations)
    {
        var history = new History();
        await using var fleet = await Fleet.StartAsync(servers, nodes, redis);
        var faults = new Faults(fleet, seed, longestPause: TestSize.Of(2500, 5000));
        var workload = new Workload(fleet, history, seed);
        var started = Stopwatch.GetTimestamp();
        await faults.DuringAsync(workload.RunAsync(operations));
        var took = Stopwatch.GetElapsedTime(started);
        await workload.SettleAsync();

        var counts = await Task.WhenAll(fleet.Nodes.Select(node => node.RunAsync(new Op(OpKind.Count))));
        var violations = HistoryChecker.Check(history, Fleet.Window);
        string[] lines =
        [
            $"seed {seed.ToString(CultureInfo.InvariantCulture)}, {took.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s",
            .. HistoryReport.Lines(history),
            $"joined {counts.Sum(count => count.Number)} loads of others; {faults.Summary}",
            .. counts.Select((count, i) => $"node {i}: {count.Text}"),
        ];
        foreach (var line in lines)
        {
            output.WriteLine(line);
        }

        violations.Take(10).Select(violation => HistoryReport.Describe(history, violation)).Should().BeEmpty("{0}", string.Join('\n', lines));
        counts.Sum(count => count.Number).Should().BePositive("loads are joined");
        HistoryReport.OutOfOrder(history).Should().BePositive("transactions commit in another order than that of their ids");
        return history;
    }
}
