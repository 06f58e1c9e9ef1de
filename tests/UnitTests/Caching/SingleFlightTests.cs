using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;

namespace NeuroLab.UnitTests.Caching;

/// <summary>Loads that several callers share: who starts them, who ends them, and how long anybody waits.</summary>
public sealed class SingleFlightTests
{
    [Fact]
    public async Task Callers_WhenColdTogether_ShareOneLoad()
    {
        await using var node = new EngineFixture();
        await node.Follower.CatchUpAsync();
        var load = new GatedLoad();
        var loads = 0;
        Task<LoadResult<string>> Load(CancellationToken token)
        {
            Interlocked.Increment(ref loads);
            return load.RunAsync(token);
        }

        var readings = Enumerable.Range(0, 1000).Select(_ => node.GetAsync(Load)).ToList();
        await load.Began;
        load.Finish("a");

        (await Task.WhenAll(readings)).Should().OnlyContain(answer => answer.Value == "a");
        loads.Should().Be(1);
        node.Administration.GetStatistics().Coalesced.Should().Be(999);
    }

    [Fact]
    public async Task Load_WhenTheFirstCallerHangsUp_GoesOnForTheOthers()
    {
        await using var node = new EngineFixture();
        using var caller = new CancellationTokenSource();
        var load = new GatedLoad();
        var first = node.GetAsync(load.RunAsync, cancellationToken: caller.Token);
        await load.Began;
        var second = node.GetAsync(load.RunAsync);

        await caller.CancelAsync();
        var cancelled = () => first;
        await cancelled.Should().ThrowAsync<OperationCanceledException>();
        load.Token.IsCancellationRequested.Should().BeFalse();
        load.Finish("a");

        (await second).Value.Should().Be("a");
    }

    [Fact]
    public async Task Load_WhenNobodyWaitsAnyMore_IsCancelled()
    {
        await using var node = new EngineFixture();
        using var caller = new CancellationTokenSource();
        var load = new GatedLoad();
        var reading = node.GetAsync(load.RunAsync, cancellationToken: caller.Token);
        await load.Began;

        await caller.CancelAsync();
        var cancelled = () => reading;
        await cancelled.Should().ThrowAsync<OperationCanceledException>();

        load.Token.IsCancellationRequested.Should().BeTrue();
        (await node.GetAsync("next")).Value.Should().Be("next");
    }

    [Fact]
    public async Task SlowLoad_WhenACopyExpiredByTimeAlone_AnswersStaleAndGoesOn()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("a");
        node.Time.Advance(TimeSpan.FromSeconds(301));
        await node.Follower.CatchUpAsync();
        var load = new GatedLoad();
        var reading = node.GetAsync(load.RunAsync);
        await load.Began;

        await AdvanceUntilAsync(node, reading);
        var slow = await reading;
        load.Token.IsCancellationRequested.Should().BeFalse();
        load.Finish("b");
        await Eventually.TrueAsync(() => node.Flights.Count == 0);

        slow.Value.Should().Be("a");
        slow.Freshness.StaleReason.Should().Be(StaleReason.OriginTimeout);
        (await node.GetAsync("c")).Value.Should().Be("b");
    }

    [Fact]
    public async Task SlowLoad_WhenTheCopyWasInvalidated_IsWaitedFor()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("a");
        await node.InvalidateAsync("*");
        var load = new GatedLoad();
        var reading = node.GetAsync(load.RunAsync);
        await load.Began;

        node.Time.Advance(TimeSpan.FromSeconds(5));
        load.Finish("b");

        (await reading).Value.Should().Be("b");
    }

    [Fact]
    public async Task SlowLoad_WhenPastItsHardTimeout_FailsAsATimeout()
    {
        await using var node = new EngineFixture();
        var load = new GatedLoad();
        var reading = node.GetAsync(load.RunAsync);
        await load.Began;

        await AdvanceUntilAsync(node, reading, seconds: 31);

        var failed = () => reading;
        (await failed.Should().ThrowAsync<OriginUnavailableException>()).Which.Reason.Should().Be(StaleReason.OriginTimeout);
    }

    [Fact]
    public async Task Join_WhenTheCallerForbidsStale_IsNotAnsweredByALoadThatAllowsIt()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("a");
        node.Time.Advance(TimeSpan.FromSeconds(301));
        await node.Follower.CatchUpAsync();
        var load = new GatedLoad();
        var first = node.GetAsync(load.RunAsync);
        await load.Began;
        var strict = node.GetAsync(load.RunAsync, new CachePolicy { AllowStale = false });

        load.Fail(new OriginUnavailableException(StaleReason.OriginError));

        (await first).Freshness.IsStale.Should().BeTrue();
        var failing = () => strict;
        await failing.Should().ThrowAsync<OriginUnavailableException>();
    }

    /// <summary>Moves time on in steps until an answer is there: a timer may not have been set yet when time first moves.</summary>
    private static async Task AdvanceUntilAsync(EngineFixture node, Task answer, int seconds = 1)
    {
        await Eventually.TrueAsync(() =>
        {
            node.Time.Advance(TimeSpan.FromSeconds(seconds));
            return answer.IsCompleted;
        });
    }
}
