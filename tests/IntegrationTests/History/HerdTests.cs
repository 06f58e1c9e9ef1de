using System.Diagnostics;
using NeuroLab.IntegrationTests.EndToEnd;
using Xunit.Abstractions;

namespace NeuroLab.IntegrationTests.History;

/// <summary>Very many callers of one key that nobody has, on several nodes at once.</summary>
[Collection(HistoryCollection.Name)]
public sealed class HerdTests(Servers servers, ITestOutputHelper output)
{
    private const int Callers = 1000;
    private const int LockSeconds = 12;

    /// <summary>Bounds of every other kind far away: what is looked at is the lock alone, however slow the machine.</summary>
    private static readonly (string, string)[] Patient =
    [
        ("Cache:LoadLock", $"00:00:{LockSeconds}"), ("Cache:HardTimeout", "00:01:00"), ("Cache:VerificationWindow", "00:01:00"), ("Cache:MemoryTtlCap", "00:01:00"),
        ("Cache:Redis:HardTimeout", "00:00:20"), ("Cache:Database:AttemptTimeout", "00:00:30"), ("Cache:Database:TotalTimeout", "00:00:40"),
    ];

    [Fact]
    public async Task GetOrLoad_WhenAThousandCallersOnEachOfThreeNodesMissOneKey_LoadsOnce()
    {
        await using var fleet = await StartAsync();
        for (var register = 0; register < 5; register++)
        {
            var herd = new Op(OpKind.Herd, register) { Number = Callers, Before = 300 };

            var results = await Task.WhenAll(fleet.Nodes.Select(node => node.RunAsync(herd)));

            results.Should().OnlyContain(result => result.Outcome == Outcome.Done, "{0}", results[0].Text);
            (await fleet.Database.LoadsAsync(register)).Should().ContainSingle("register {0}", register);
        }
    }

    [Fact]
    public async Task GetOrLoad_WhenTheNodeThatLoadsIsKilled_LoadsOnceMoreWithinTheBoundOfTheLock()
    {
        await using var fleet = await StartAsync();
        var herd = new Op(OpKind.Herd, Register.Count - 1) { Number = Callers, Before = 1000 };
        var running = fleet.Nodes.ToDictionary(node => node, node => node.RunAsync(herd));
        var loading = await FirstLoadAsync(fleet, herd.Register);
        var killed = fleet.Nodes.Single(node => node.Id == loading);

        await killed.KillAsync();

        await running[killed].Invoking(task => task).Should().ThrowAsync<InvalidOperationException>();
        foreach (var (node, survivor) in running.Where(pair => pair.Key != killed))
        {
            var result = await survivor;
            output.WriteLine($"{node.Name}: the last of {Callers} callers waited {result.Number} ms");
            result.Outcome.Should().Be(Outcome.Done, "{0}", result.Text);
            result.Number.Should().BeLessThan(LockSeconds * 1000, "nobody waits longer than the bound of the lock");
        }

        (await fleet.Database.LoadsAsync(herd.Register)).Should().HaveCount(2).And.StartWith(loading).And.OnlyHaveUniqueItems();
    }

    /// <summary>Three nodes that have done everything once.</summary>
    private async Task<Fleet> StartAsync()
    {
        var fleet = await Fleet.StartAsync(servers, nodes: 3, redis: true, Patient);
        await Task.WhenAll(fleet.Nodes.Select((node, i) => node.RunAsync(new Op(OpKind.Herd, Register.Count / 2 + i) { Number = Callers })));
        return fleet;
    }

    private static async Task<int> FirstLoadAsync(Fleet fleet, int register)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if ((await fleet.Database.LoadsAsync(register)) is [var first, ..])
            {
                return first;
            }

            Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(30));
            await Task.Delay(5);
        }
    }
}
