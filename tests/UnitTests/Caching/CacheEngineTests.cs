using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;

namespace NeuroLab.UnitTests.Caching;

/// <summary>The read path of one node: what is answered, from where, and how it is marked.</summary>
public sealed class CacheEngineTests
{
    private static readonly CachePolicy NeverStale = new() { AllowStale = false };

    [Fact]
    public async Task GetOrLoad_WhenCold_AnswersFromOriginThenFromMemory()
    {
        await using var node = new EngineFixture();

        var first = await node.GetAsync("a");
        node.Time.Advance(TimeSpan.FromSeconds(7));
        var second = await node.GetAsync("b");

        first.Freshness.Source.Should().Be(CacheSource.Origin);
        second.Value.Should().Be("a");
        second.Freshness.Source.Should().Be(CacheSource.Memory);
        second.Freshness.CachedAt.Should().Be(first.Freshness.CachedAt);
        (second.Freshness.FreshUntil - second.Freshness.CachedAt).Should().Be(TimeSpan.FromSeconds(300));
    }

    [Fact]
    public async Task GetOrLoad_WhenHitAgainAndAgain_IsAnsweredAtOnceByOneObject()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("a");
        node.GetAsync("b").IsCompletedSuccessfully.Should().BeTrue();

        var first = node.GetAsync("b");
        var second = node.GetAsync("b");

        first.IsCompletedSuccessfully.Should().BeTrue();
        second.Should().BeSameAs(first);
    }

    [Fact]
    public async Task GetOrLoad_WhenValueIsNull_CachesTheNull()
    {
        await using var node = new EngineFixture(redis: true);
        await node.GetAsync(_ => Task.FromResult(LoadResult<string>.Complete(null!)));
        await node.Tier.HasAsync(1);
        await using var other = new EngineFixture(node);

        var answer = await node.GetAsync("b");
        var elsewhere = await other.GetAsync("b");

        answer.Value.Should().BeNull();
        answer.Freshness.Source.Should().Be(CacheSource.Memory);
        elsewhere.Value.Should().BeNull();
        elsewhere.Freshness.Source.Should().Be(CacheSource.Redis);
    }

    [Fact]
    public async Task GetOrLoad_WhenTimeToLivePassed_LoadsAgain()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("a");
        node.Time.Advance(TimeSpan.FromSeconds(300));

        var answer = await node.GetAsync("b");

        answer.Value.Should().Be("b");
        answer.Freshness.Source.Should().Be(CacheSource.Origin);
    }

    [Theory]
    [InlineData(StaleReason.OriginError)]
    [InlineData(StaleReason.OriginTimeout)]
    [InlineData(StaleReason.CircuitOpen)]
    public async Task GetOrLoad_WhenOriginFailsForAWhile_ServesTheMarkedStaleCopy(StaleReason reason)
    {
        await using var node = new EngineFixture();
        var loaded = await node.GetAsync("a");
        node.Time.Advance(TimeSpan.FromSeconds(301));

        var answer = await node.GetFailingAsync(new OriginUnavailableException(reason));

        answer.Value.Should().Be("a");
        answer.Freshness.IsStale.Should().BeTrue();
        answer.Freshness.StaleReason.Should().Be(reason);
        answer.Freshness.Invalidated.Should().BeFalse();
        answer.Freshness.CachedAt.Should().Be(loaded.Freshness.CachedAt);
    }

    [Fact]
    public async Task GetOrLoad_WhenStaleWindowPassed_FailsWithTheOrigin()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("a");
        node.Time.Advance(TimeSpan.FromSeconds(900));

        var answer = () => node.GetFailingAsync();

        await answer.Should().ThrowAsync<OriginUnavailableException>();
    }

    [Fact]
    public async Task GetOrLoad_WhenPolicyForbidsStale_FailsWithTheOrigin()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("a", NeverStale);
        node.Time.Advance(TimeSpan.FromSeconds(301));

        var answer = () => node.GetFailingAsync(policy: NeverStale);

        await answer.Should().ThrowAsync<OriginUnavailableException>();
    }

    public static TheoryData<Exception> NotTransient() => new()
    {
        new NotFoundException("none"),
        new AccessDeniedException("no"),
        new RequestValidationException("name", "wrong"),
        new ConflictException("taken"),
        new InvalidOperationException("bug"),
        new OperationCanceledException(),
    };

    [Theory]
    [MemberData(nameof(NotTransient))]
    public async Task GetOrLoad_WhenFailureIsNotTransient_IsNotAnsweredStaleNorCached(Exception failure)
    {
        await using var node = new EngineFixture();
        await node.GetAsync("a");
        node.Time.Advance(TimeSpan.FromSeconds(301));

        var failing = () => node.GetFailingAsync(failure);

        (await failing.Should().ThrowAsync<Exception>()).Which.Should().BeSameAs(failure);
        (await node.GetAsync("b")).Value.Should().Be("b");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task GetOrLoad_AfterAFailedLoad_IsThrottledForFiveSeconds(bool redis)
    {
        await using var node = new EngineFixture(redis: redis);
        await node.GetAsync("a");
        await node.Tier.HasAsync(redis ? 1 : 0);
        node.Time.Advance(TimeSpan.FromSeconds(301));
        await node.GetFailingAsync();

        var throttled = await node.GetAsync("b");
        node.Time.Advance(TimeSpan.FromSeconds(5));
        var after = await node.GetAsync("b");

        throttled.Freshness.StaleReason.Should().Be(StaleReason.OriginError);
        after.Value.Should().Be("b");
        after.Freshness.Source.Should().Be(CacheSource.Origin);
    }

    [Fact]
    public async Task GetOrLoad_WhenInvalidatedCopyIsThrottled_LoadsAllTheSame()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("a");
        await node.InvalidateAsync("dashboard:*");
        var lastResort = await node.GetFailingAsync();

        var answer = await node.GetAsync("b");

        lastResort.Freshness.Invalidated.Should().BeTrue();
        lastResort.Freshness.IsStale.Should().BeTrue();
        answer.Value.Should().Be("b");
    }

    [Fact]
    public async Task GetOrLoad_WhenPurged_IsNotServedAsStaleEither()
    {
        await using var node = new EngineFixture(redis: true);
        await node.GetAsync("a");
        await node.Tier.HasAsync(1);
        await node.PurgeAsync("dashboard:1:*");

        var answer = () => node.GetFailingAsync();

        await answer.Should().ThrowAsync<OriginUnavailableException>();
        node.Memory.Count.Should().Be(0);
        node.Tier.Count.Should().Be(0);
    }

    [Fact]
    public async Task GetOrLoad_WhenForced_AnswersFromOriginAndStoresIt()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("a");

        var forced = await node.GetAsync("b", options: new CacheReadOptions(ForceRefresh: true));
        var next = await node.GetAsync("c");

        forced.Freshness.Source.Should().Be(CacheSource.Origin);
        next.Value.Should().Be("b");
    }

    [Fact]
    public async Task GetOrLoad_WhenForcedAndOriginFails_FallsBackLikeAnyLoad()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("a");

        var answer = await node.GetFailingAsync(options: new CacheReadOptions(ForceRefresh: true));

        answer.Value.Should().Be("a");
        answer.Freshness.StaleReason.Should().Be(StaleReason.OriginError);
    }

    [Fact]
    public async Task GetOrLoad_WhenPartial_IsKeptForAMinuteAndNeverTheStaleCopy()
    {
        await using var node = new EngineFixture(redis: true);
        await node.GetAsync(_ => Task.FromResult(new LoadResult<string>("half", ["insights"])));

        var again = await node.GetAsync("b");
        node.Time.Advance(TimeSpan.FromSeconds(61));
        var failing = () => node.GetFailingAsync();

        again.Value.Should().Be("half");
        again.Freshness.FailedOperations.Should().Equal("insights");
        again.Freshness.IsHit.Should().BeTrue();
        node.Tier.Count.Should().Be(0);
        await failing.Should().ThrowAsync<OriginUnavailableException>();
    }

    [Fact]
    public async Task GetOrLoad_WhenPartialFollowsComplete_TheCompleteStaysTheStaleCopy()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("whole");
        node.Time.Advance(TimeSpan.FromSeconds(301));
        await node.GetAsync(_ => Task.FromResult(new LoadResult<string>("half", ["insights"])));

        var meanwhile = await node.GetAsync("b");
        node.Time.Advance(TimeSpan.FromSeconds(61));
        var failing = await node.GetFailingAsync();

        meanwhile.Value.Should().Be("half");
        meanwhile.Freshness.IsPartial.Should().BeTrue();
        failing.Value.Should().Be("whole");
        failing.Freshness.IsStale.Should().BeTrue();
        failing.Freshness.IsPartial.Should().BeFalse();
    }

    [Fact]
    public async Task GetOrLoad_WhenTypeIsMutable_EveryCallerGetsACopyOfItsOwn()
    {
        await using var node = new EngineFixture();
        static Task<LoadResult<List<int>>> Load(int state, IServiceProvider services, CancellationToken token) =>
            Task.FromResult<LoadResult<List<int>>>(new List<int> { state });
        ValueTask<Cached<List<int>>> Get() => node.Cache.GetOrLoadAsync<int, List<int>>(EngineFixture.Key, 1, Load, CachePolicy.Default, [], default, default);

        (await Get()).Value.Add(2);
        (await Get()).Value.Add(3);

        (await Get()).Value.Should().Equal(1);
    }

    [Fact]
    public async Task GetOrLoad_WhenValueCannotBeSerialized_IsAnsweredAndNotStored()
    {
        await using var node = new EngineFixture();
        static Task<LoadResult<Action>> Load(int state, IServiceProvider services, CancellationToken token) => Task.FromResult(LoadResult<Action>.Complete(() => { }));

        var answer = await node.Cache.GetOrLoadAsync<int, Action>(EngineFixture.Key, 1, Load, CachePolicy.Default, [], default, default);

        answer.Value.Should().NotBeNull();
        node.Memory.Count.Should().Be(0);
    }

    [Fact]
    public async Task GetOrLoad_WhenNearItsEnd_IsRefreshedBehindTheAnswerOnce()
    {
        await using var node = new EngineFixture(configure: settings => settings["Cache:EagerRefresh"] = "0.9");
        await node.GetAsync("a");
        node.Time.Advance(TimeSpan.FromSeconds(271));
        await node.Follower.CatchUpAsync();
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new TaskCompletionSource<LoadResult<string>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var loads = 0;
        Task<LoadResult<string>> Load(CancellationToken token)
        {
            Interlocked.Increment(ref loads);
            began.TrySetResult();
            return gate.Task;
        }

        var first = await node.GetAsync(Load);
        await began.Task;
        var second = await node.GetAsync(Load);
        gate.SetResult("b");
        await Eventually.TrueAsync(() => node.Flights.Count == 0);
        var third = await node.GetAsync("c");

        first.Value.Should().Be("a");
        second.Value.Should().Be("a");
        third.Value.Should().Be("b");
        loads.Should().Be(1);
    }

    [Fact]
    public async Task GetOrLoad_WhenLoadRunsInScope_ScopeIsItsOwnAndNothingFlowsFromTheCaller()
    {
        await using var node = new EngineFixture();
        var ambient = new AsyncLocal<string> { Value = "caller" };

        var answer = await node.GetAsync(_ => Task.FromResult<LoadResult<string>>(ambient.Value ?? "nothing"));

        answer.Value.Should().Be("nothing");
    }

    [Fact]
    public async Task Statistics_AfterReadsAndRepeats_AddUp()
    {
        await using var node = new EngineFixture();
        for (var i = 0; i < 40; i++)
        {
            await node.GetAsync(_ => Task.FromResult<LoadResult<string>>("a"), key: CacheKey.Of($"k{i % 10}"));
        }

        var statistics = node.Administration.GetStatistics();

        statistics.HitsMemory.Should().Be(30);
        statistics.Misses.Should().Be(10);
        statistics.Loads.Should().Be(10);
        statistics.TotalEntries.Should().Be(10);
        statistics.SizeBytes.Should().BePositive();
    }

    [Fact]
    public async Task SoftTimeout_OfLessThanAMillisecond_DoesNotHoldTheCallersThread()
    {
        await using var node = new EngineFixture();
        await node.Follower.CatchUpAsync();
        var load = new GatedLoad();
        var call = Task.Run(() =>
        {
            var reading = node.GetAsync(load.RunAsync, new CachePolicy { SoftTimeout = TimeSpan.FromTicks(1) });
            return (object)reading;
        });
        await load.Began;
        var returned = await Task.WhenAny(call, Task.Delay(2000)) == call;
        load.Finish("a");
        await call;
        returned.Should().BeTrue("the caller is given a task, not held until the load ends");
    }

    [Fact]
    public async Task Size_OfAnEntry_CountsItsTags()
    {
        await using var node = new EngineFixture();
        var tags = Enumerable.Range(0, 1000).Select(i => i.ToString("D4", null) + new string('t', 250)).ToArray();
        await node.Cache.SetAsync(EngineFixture.Key, "v", CachePolicy.Default, tags, null, default);
        node.Memory.Count.Should().Be(1);
        node.Memory.SizeBytes.Should().BeGreaterThan(500_000);
    }
}
