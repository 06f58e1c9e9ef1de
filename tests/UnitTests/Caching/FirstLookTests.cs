using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.UnitTests.Caching;

/// <summary>Redis is asked from the thread of the caller who begins a load: he is not held up by it, and nothing of his gets into the load.</summary>
public sealed class FirstLookTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GetOrLoad_WhenRedisHasNothingAtOnce_DoesNotRunTheOriginOnTheCallersThread(bool redis)
    {
        await using var node = new EngineFixture(redis: redis);
        using var mayEnd = new ManualResetEventSlim();
        await node.Follower.CatchUpAsync();

        // Ran it here, this would never return.
        var answer = node.GetAsync(_ =>
        {
            mayEnd.Wait(TimeSpan.FromSeconds(30), CancellationToken.None);
            return Task.FromResult<LoadResult<string>>("a");
        });

        answer.IsCompleted.Should().BeFalse();
        mayEnd.Set();
        (await answer).Value.Should().Be("a");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GetOrLoad_WhenRedisIsAsked_KeepsTheCallersContextForHimAndOutOfTheLoad(bool atOnce)
    {
        await using var node = new EngineFixture(redis: true);
        node.Tier.AfterGet = atOnce ? null : static async () => await Task.Yield();
        var ambient = new AsyncLocal<string> { Value = "caller" };

        var answer = await node.GetAsync(_ => Task.FromResult<LoadResult<string>>(ambient.Value ?? "nothing"));

        answer.Value.Should().Be("nothing");
        ambient.Value.Should().Be("caller");
    }

    [Fact]
    public async Task GetOrLoad_WhenTheCallerHangsUpWhileRedisIsAsked_LeavesAtOnceAndTheOthersAreAnswered()
    {
        await using var node = new EngineFixture(redis: true);
        var (asked, reply) = (new TaskCompletionSource(), new TaskCompletionSource());
        node.Tier.AfterGet = () =>
        {
            asked.TrySetResult();
            return reply.Task;
        };
        using var caller = new CancellationTokenSource();
        var first = node.GetAsync(static _ => Task.FromResult<LoadResult<string>>("a"), cancellationToken: caller.Token);
        await asked.Task;
        var second = node.GetAsync(static _ => Task.FromResult<LoadResult<string>>("b"));

        await caller.CancelAsync();

        await FluentActions.Awaiting(() => first).Should().ThrowAsync<OperationCanceledException>();
        reply.SetResult();
        (await second).Value.Should().Be("a");
    }

    [Fact]
    public async Task GetOrLoad_WhenEveryCallerHangsUpWhileRedisIsAsked_DoesNotAskTheOrigin()
    {
        await using var node = new EngineFixture(redis: true);
        var (asked, reply, loads) = (new TaskCompletionSource(), new TaskCompletionSource(), 0);
        node.Tier.AfterGet = () =>
        {
            asked.TrySetResult();
            return reply.Task;
        };
        using var caller = new CancellationTokenSource();
        var only = node.GetAsync(
            _ =>
            {
                Interlocked.Increment(ref loads);
                return Task.FromResult<LoadResult<string>>("a");
            },
            cancellationToken: caller.Token);
        await asked.Task;
        await caller.CancelAsync();
        await FluentActions.Awaiting(() => only).Should().ThrowAsync<OperationCanceledException>();

        reply.SetResult();

        (await node.GetAsync("b")).Value.Should().Be("b");
        loads.Should().Be(0);
        node.Flights.Count.Should().Be(0);
    }
}
