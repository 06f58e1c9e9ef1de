using System.Diagnostics;
using NeuroLab.IntegrationTests.EndToEnd;
using Xunit.Abstractions;

namespace NeuroLab.IntegrationTests.History;

/// <summary>The same histories with nodes that have a bug: the checker finds each, so it would have found it in the product.</summary>
[Collection(HistoryCollection.Name)]
public sealed class PlantedBugTests(Servers servers, ITestOutputHelper output)
{
    private const int Chunk = 4000;
    private const int LongestInChunks = 5;

    private const int LeastChunks = 25;

    /// <summary>By time, too: how many operations it takes depends on how many the nodes do while a fault lasts.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);

    private static readonly Dictionary<PlantedBug, Clause[]> Bugs = new()
    {
        [PlantedBug.LeaseAfterRead] = [Clause.OwnWrite, Clause.Token, Clause.Window],
        [PlantedBug.PromotionLease] = [Clause.OwnWrite, Clause.Token, Clause.Window],
        [PlantedBug.PositionFromRecords] = [Clause.Token, Clause.Window],
        [PlantedBug.LongTrust] = [Clause.Window],
        [PlantedBug.OwnWriteUnread] = [Clause.OwnWrite],
        [PlantedBug.TokenIgnored] = [Clause.Token],
        [PlantedBug.PurgeAsExpiry] = [Clause.Purged],
    };

    [Fact]
    public async Task Check_WhenABugIsPlantedInTheNodes_FindsIt()
    {
        await using var fleet = await Fleet.StartAsync(servers, nodes: 3, redis: true, (NodeHost.Plantable, "yes"));
        var found = new List<PlantedBug>();
        foreach (var (bug, clauses) in Bugs)
        {
            if (await IsFoundAsync(fleet, bug, clauses))
            {
                found.Add(bug);
            }
        }

        found.Should().BeEquivalentTo(Bugs.Keys);
        (await IsFoundAsync(fleet, PlantedBug.None, Enum.GetValues<Clause>(), chunks: 2)).Should().BeFalse("the nodes are sound once the bugs are taken out");
    }

    private async Task<bool> IsFoundAsync(Fleet fleet, PlantedBug bug, Clause[] clauses, int chunks = int.MaxValue)
    {
        await CleanAsync(fleet);
        await PlantAsync(fleet, bug);
        var history = new History();
        var started = Stopwatch.GetTimestamp();
        for (var chunk = 0; chunk < chunks && (chunk < LeastChunks || Stopwatch.GetElapsedTime(started) < Longest); chunk++)
        {
            // Longer ones after the first: some bugs show only where a fault lasts, and a short one is over before that.
            await new Faults(fleet, chunk, longestPause: 1500).DuringAsync(new Workload(fleet, history, chunk).RunAsync(Chunk * Math.Min(chunk + 1, LongestInChunks)));
            var violations = HistoryChecker.Check(history, Fleet.Window);
            if (violations.Find(violation => clauses.Contains(violation.Clause)) is { } violation)
            {
                output.WriteLine($"{bug}: found in {history.Count} operations, {string.Join(", ", violations.CountBy(v => v.Clause))}; {HistoryReport.Describe(history, violation)}");
                return true;
            }
        }

        output.WriteLine($"{bug}: not found in {history.Count} operations");
        return false;
    }

    private static Task<Result[]> PlantAsync(Fleet fleet, PlantedBug bug) =>
        Task.WhenAll(fleet.Nodes.Select(node => node.RunAsync(new Op(OpKind.Plant) { Number = (long)bug })));

    /// <summary>Takes the bug out, and with it whatever it left behind.</summary>
    private static async Task CleanAsync(Fleet fleet)
    {
        await PlantAsync(fleet, PlantedBug.None);
        await fleet.Redis!.ExecuteAsync("FLUSHALL");
        foreach (var node in fleet.Nodes)
        {
            while ((await node.RunAsync(new Op(OpKind.Write) { Scope = Scope.All, Purge = true })).Outcome != Outcome.Done)
            {
                await Task.Delay(50);
            }
        }
    }
}
