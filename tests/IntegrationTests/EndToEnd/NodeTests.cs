using System.Diagnostics;

namespace NeuroLab.IntegrationTests.EndToEnd;

/// <summary>Two nodes over one PostgreSQL and one Redis.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class NodeTests(Servers servers)
{
    [Fact]
    public async Task Write_WhenMadeOnOneNode_IsSeenOnTheOther()
    {
        var settings = await servers.SharedAsync();
        await using var one = await ServiceProcess.StartAsync(settings);
        await using var two = await ServiceProcess.StartAsync(settings);
        using var here = await Api.RegisteredAsync(one.Address);
        using var there = here.At(two.Address);
        await here.RunExperimentAsync();
        (await there.SummaryAsync()).Total.Should().Be(1);

        for (var total = 2; total <= 6; total++)
        {
            var written = await here.RunExperimentAsync();
            if (total % 2 == 0)
            {
                var sent = await there.GetAsync("/api/dashboard/summary", written.ConsistencyToken!);
                sent.Total.Should().Be(total, "the token was sent along");
            }
            else
            {
                var started = Stopwatch.GetTimestamp();
                await Until.AsWantedAsync(there.SummaryAsync, answer => answer.Total == total, TimeSpan.FromSeconds(10));
                Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(3), "the verification window is 2 s");
            }
        }
    }

    [Fact]
    public async Task Write_WhenItsNodeCrashesRightAfterIt_InvalidatesAllTheSame()
    {
        var settings = await servers.SharedAsync();
        await using var one = await ServiceProcess.StartAsync(settings);
        await using var two = await ServiceProcess.StartAsync(settings);
        using var here = await Api.RegisteredAsync(one.Address);
        using var there = here.At(two.Address);
        await here.RunExperimentAsync();
        (await there.SummaryAsync()).Total.Should().Be(1);

        await here.RunExperimentAsync();
        await one.CrashAsync();

        await Until.AsWantedAsync(there.SummaryAsync, answer => answer.Total == 2, TimeSpan.FromSeconds(3));
    }
}
