using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.UnitTests.Caching;

/// <summary>Redis is asked from the thread of the caller who begins a load: he is not held up by it, and nothing of his gets into the load.</summary>
public sealed class FirstLookTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GetOrLoad_WhenRedisHasNothingAtOnceAndTheCallerMayGiveUp_DoesNotRunTheOriginOnHisThread(bool redis)
    {
        await using var node = new EngineFixture(redis: redis);
        await node.Follower.CatchUpAsync();
        using var caller = new CancellationTokenSource();

        await DoesNotRunHereAsync(node, caller.Token);
    }

    [Fact]
    public async Task GetOrLoad_WhenThereIsACopyToAnswerWith_DoesNotRunTheOriginOnTheCallersThread()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("old");
        node.Time.Advance(TimeSpan.FromSeconds(301));
        await node.Follower.CatchUpAsync();

        await DoesNotRunHereAsync(node, CancellationToken.None);
    }

    [Fact]
    public async Task GetOrLoad_WhenTheThreadIsSomebodys_DoesNotRunTheOriginThere()
    {
        await using var node = new EngineFixture();
        await node.Follower.CatchUpAsync();
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
        Task<Cached<string>> answer;
        using var mayEnd = new ManualResetEventSlim();
        try
        {
            answer = Held(node, mayEnd, CancellationToken.None);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        answer.IsCompleted.Should().BeFalse();
        mayEnd.Set();
        (await answer).Value.Should().Be("a");
    }

    [Fact]
    public async Task GetOrLoad_WhenTheCallerStaysAndThereIsNoCopy_BeginsTheLoadOnHisThread()
    {
        await using var node = new EngineFixture();
        await node.Follower.CatchUpAsync();
        var ambient = new AsyncLocal<string> { Value = "caller" };
        var here = new Thread(() =>
        {
            var thread = Environment.CurrentManagedThreadId;
            var answer = node.GetAsync(_ => Task.FromResult<LoadResult<string>>($"{Environment.CurrentManagedThreadId == thread} {ambient.Value ?? "nothing"}"));
            answer.IsCompletedSuccessfully.Should().BeTrue();
            answer.Result.Value.Should().Be("True nothing");
            answer.Result.Freshness.Source.Should().Be(CacheSource.Origin);
        });
        here.Start();
        here.Join();

        node.Flights.Count.Should().Be(0);
        (await node.GetAsync("other")).Freshness.Source.Should().Be(CacheSource.Memory);
    }

    [Fact]
    public async Task GetOrLoad_WhenALoadThatBeganOnTheCallersThreadTakesTooLong_EndsAtTheHardTimeout()
    {
        await using var node = new EngineFixture();
        await node.Follower.CatchUpAsync();
        var never = new TaskCompletionSource<LoadResult<string>>();
        Task<Cached<string>>? answer = null;
        var here = new Thread(() => answer = node.GetAsync(_ => never.Task));
        here.Start();
        here.Join();
        answer!.IsCompleted.Should().BeFalse();

        node.Time.Advance(TimeSpan.FromSeconds(31));

        await FluentActions.Awaiting(() => answer).Should().ThrowAsync<Application.Common.OriginUnavailableException>();
    }

    [Fact]
    public async Task GetOrLoad_WhenALoadBlocksTheCallersThreadAndHeedsItsToken_FailsAtTheHardTimeoutLikeAnyOther()
    {
        await using var node = new EngineFixture();
        await node.Follower.CatchUpAsync();
        using var began = new ManualResetEventSlim();
        Task<Cached<string>>? answer = null;
        var here = new Thread(() => answer = node.GetAsync(token =>
        {
            began.Set();
            token.WaitHandle.WaitOne(TimeSpan.FromSeconds(30));
            token.ThrowIfCancellationRequested();
            return Task.FromResult<LoadResult<string>>("late");
        }));
        here.Start();
        began.Wait(TimeSpan.FromSeconds(20)).Should().BeTrue();

        node.Time.Advance(TimeSpan.FromSeconds(31));

        here.Join(TimeSpan.FromSeconds(20)).Should().BeTrue();
        (await FluentActions.Awaiting(() => answer!).Should().ThrowAsync<Application.Common.OriginUnavailableException>()).Which.Reason.Should().Be(StaleReason.OriginTimeout);
    }

    [Fact]
    public async Task GetOrLoad_WhenALoadFailsOnTheCallersThread_TellsHim()
    {
        await using var node = new EngineFixture();
        await node.Follower.CatchUpAsync();
        Task<Cached<string>>? answer = null;
        var here = new Thread(() => answer = node.GetAsync(_ => throw new InvalidOperationException("wrong")));
        here.Start();
        here.Join();

        await FluentActions.Awaiting(() => answer!).Should().ThrowAsync<InvalidOperationException>();
        node.Flights.Count.Should().Be(0);
    }

    private static Task<Cached<string>> Held(EngineFixture node, ManualResetEventSlim mayEnd, CancellationToken cancellationToken) => node.GetAsync(
        _ =>
        {
            mayEnd.Wait(TimeSpan.FromSeconds(30), CancellationToken.None);
            return Task.FromResult<LoadResult<string>>("a");
        },
        cancellationToken: cancellationToken);

    private static async Task DoesNotRunHereAsync(EngineFixture node, CancellationToken cancellationToken)
    {
        using var mayEnd = new ManualResetEventSlim();
        Task<Cached<string>>? answer = null;

        // Ran it here, this would not return.
        var here = new Thread(() => answer = Held(node, mayEnd, cancellationToken));
        here.Start();
        here.Join(TimeSpan.FromSeconds(20)).Should().BeTrue();
        answer!.IsCompleted.Should().BeFalse();
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
