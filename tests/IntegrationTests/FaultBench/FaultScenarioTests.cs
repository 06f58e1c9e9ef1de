using System.Globalization;
using NeuroLab.IntegrationTests.EndToEnd;
using NeuroLab.Tests;
using Xunit.Abstractions;

namespace NeuroLab.IntegrationTests.FaultBench;

/// <summary>
/// Real faults under a constant stream of requests: nothing wrong, nothing lost. Every named scenario and 50 random plans with <c>./test.sh --full</c>; one scenario and one
/// random plan otherwise. NEUROLAB_FAULT_SEED runs a plan again; NEUROLAB_FAULT_REPORT names a file that the rows of docs/reliability.md are appended to.
/// </summary>
[Collection(FaultBenchCollection.Name)]
public sealed class FaultScenarioTests(Servers servers, ITestOutputHelper output)
{
    private static readonly int? GivenSeed = int.TryParse(Environment.GetEnvironmentVariable("NEUROLAB_FAULT_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : null;

    /// <summary>The names of the scenarios of this run.</summary>
    public static TheoryData<string> Scenarios => [.. TestSize.Of(["PostgreSQL killed"], FaultPlans.Named.Select(plan => plan.Name).ToArray())];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Stream_WhenAPartFails_SeesNothingWrongAndLosesNothing(string name) =>
        await HoldAsync(FaultPlans.Named.Single(plan => plan.Name == name), seed: 1);

    [Fact]
    public async Task Stream_WhenPartsFailAtRandom_SeesNothingWrongAndLosesNothing()
    {
        var first = GivenSeed ?? Random.Shared.Next(1, 1_000_000);
        for (var plan = 0; plan < (GivenSeed is null ? TestSize.Of(1, 50) : 1); plan++)
        {
            await HoldAsync(FaultPlans.Random(first + plan), first + plan);
        }
    }

    private async Task HoldAsync(FaultPlan plan, int seed)
    {
        // First, so that it is known too where the run does not come to its end.
        output.WriteLine($"Seed {seed}: {plan.Name}: {string.Join("; ", plan.Faults)}");
        var run = await FaultRun.RunAsync(servers, plan, seed);
        foreach (var line in run.Lines())
        {
            output.WriteLine(line);
        }

        if (Environment.GetEnvironmentVariable("NEUROLAB_FAULT_REPORT") is { Length: > 0 } report)
        {
            await File.AppendAllLinesAsync(report, [run.Row()]);
        }

        run.Tally.Examples().Should().BeEmpty("{0}", string.Join('\n', run.Lines()));
        run.Tally.Seen.Count(seen => seen.Status == 200 && !seen.IsStale).Should().BeGreaterThan(500, "the stream is answered");
    }
}
