using System.Globalization;
using NeuroLab.IntegrationTests.EndToEnd;
using NeuroLab.Tests;
using Xunit.Abstractions;

namespace NeuroLab.IntegrationTests.FaultBench;

/// <summary>The stream over a long time: nothing grows that should not.</summary>
[Collection(FaultBenchCollection.Name)]
public sealed class SoakTests(Servers servers, ITestOutputHelper output)
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(TestSize.Of(30, 1800));

    [Fact]
    public async Task Nodes_WhenTheStreamGoesOnAndOn_StayAsTheyAre()
    {
        await using var fleet = await BenchFleet.StartAsync(servers, new FleetPlan(Nodes: 2)
        {
            // A heap that is bounded is collected before it grows, so that what is kept shows in what the process holds.
            Settings = new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = "0x6000000" },
        });
        var traffic = new Traffic(fleet, new TrafficPlan { PerSecond = 50 }, seed: 1);
        await traffic.WarmAsync();
        var samples = new List<Usage>();
        var clock = TimeProvider.System;
        var began = clock.GetTimestamp();
        await traffic.WhileAsync(async () =>
        {
            while (clock.GetElapsedTime(began) < Length)
            {
                await Task.Delay(Length / 120);
                samples.Add(await UsageAsync(fleet));
                foreach (var user in fleet.Users)
                {
                    user.Ledger.Forget(clock.GetTimestamp() - (60 * clock.TimestampFrequency));
                }
            }
        });
        await FaultRun.SettleAsync(fleet, traffic.Tally);

        // The first third is for code that is compiled, pools that fill and the heap that finds its size.
        var (early, late) = (Median(samples[(samples.Count / 3)..(samples.Count / 2)]), Median(samples[(samples.Count * 5 / 6)..]));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Length.TotalMinutes:0} min, {traffic.Tally.Count} answers, p99 {traffic.Tally.Percentile(0.99, s => !s.IsWrite).TotalMilliseconds:0} ms reads"));
        output.WriteLine($"after a third to a half: {early}");
        output.WriteLine($"in the last sixth:       {late}");
        traffic.Tally.Examples().Should().BeEmpty();
        late.Megabytes.Should().BeLessThan((early.Megabytes * TestSize.Of(1.2, 1.08)) + 20, "memory is flat");
        late.Handles.Should().BeLessThan(early.Handles + 40);
        late.Threads.Should().BeLessThan(early.Threads + 20);
        late.Connections.Should().BeLessThan(early.Connections + 20);
    }

    private static async Task<Usage> UsageAsync(BenchFleet fleet)
    {
        var total = new Usage(0, 0, 0, 0);
        foreach (var node in fleet.Nodes)
        {
            var folder = $"/proc/{node.ProcessId.ToString(CultureInfo.InvariantCulture)}";
            var status = (await File.ReadAllLinesAsync($"{folder}/status")).Select(line => line.Split(':')).ToDictionary(parts => parts[0], parts => parts[1].Trim().Split(' ')[0]);
            total = new Usage(
                total.Megabytes + (double.Parse(status["VmRSS"], CultureInfo.InvariantCulture) / 1024),
                total.Handles + Directory.EnumerateFileSystemEntries($"{folder}/fd").Count() - await ClientsAsync(node),
                total.Threads + int.Parse(status["Threads"], CultureInfo.InvariantCulture),
                total.Connections + await fleet.Database.ConnectionsAsync($"node{node.Number.ToString(CultureInfo.InvariantCulture)}"));
        }

        return total;
    }

    /// <summary>How many connections of clients a node has: as many as the stream opens, which is more when the machine is busy with something else.</summary>
    private static async Task<int> ClientsAsync(BenchNode node)
    {
        var address = $":{node.Address.Port:X4}";
        return (await File.ReadAllLinesAsync($"/proc/{node.ProcessId.ToString(CultureInfo.InvariantCulture)}/net/tcp"))
            .Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Count(parts => parts[1].EndsWith(address, StringComparison.Ordinal) && parts[3] == "01");
    }

    private static Usage Median(List<Usage> samples) => new(
        Middle(samples, usage => usage.Megabytes), (int)Middle(samples, usage => usage.Handles), (int)Middle(samples, usage => usage.Threads), (int)Middle(samples, usage => usage.Connections));

    private static double Middle(List<Usage> samples, Func<Usage, double> of) => samples.Select(of).Order().ElementAt(samples.Count / 2);

    /// <summary>What the nodes hold together.</summary>
    private sealed record Usage(double Megabytes, int Handles, int Threads, int Connections)
    {
        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{Megabytes:0} MB resident, {Handles} handles beside those of clients, {Threads} threads, {Connections} database connections (all nodes)");
    }
}
