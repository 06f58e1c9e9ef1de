using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.UnitTests.Caching;

/// <summary>What a policy says of one entry, and what a load may say of its result.</summary>
public sealed class CachePolicyTests
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static TheoryData<string, Func<CachePolicy>> OutOfBounds() => new()
    {
        { nameof(CachePolicy.TimeToLive), () => new() { TimeToLive = TimeSpan.Zero } },
        { nameof(CachePolicy.SlidingExpiration), () => new() { SlidingExpiration = TimeSpan.Zero } },
        { nameof(CachePolicy.StaleWindow), () => new() { StaleWindow = -Day } },
        { nameof(CachePolicy.MemoryTimeToLive), () => new() { MemoryTimeToLive = -Day } },
        { nameof(CachePolicy.Jitter), () => new() { Jitter = 1 } },
        { nameof(CachePolicy.Jitter), () => new() { Jitter = double.NaN } },
        { nameof(CachePolicy.EagerRefresh), () => new() { EagerRefresh = 0 } },
        { nameof(CachePolicy.EagerRefresh), () => new() { EagerRefresh = 1.1 } },
        { nameof(CachePolicy.FailureThrottle), () => new() { FailureThrottle = -Day } },
        { nameof(CachePolicy.SoftTimeout), () => new() { SoftTimeout = TimeSpan.Zero } },
        { nameof(CachePolicy.SoftTimeout), () => new() { SoftTimeout = 31 * Day } },
        { nameof(CachePolicy.HardTimeout), () => new() { HardTimeout = TimeSpan.Zero } },
        { nameof(CachePolicy.HardTimeout), () => CachePolicy.Default with { HardTimeout = 31 * Day } },
    };

    [Theory]
    [MemberData(nameof(OutOfBounds))]
    public void Policy_WhenAValueIsOutOfBounds_IsRefusedByName(string property, Func<CachePolicy> make) =>
        make.Should().Throw<ArgumentException>().Which.Message.Should().Contain($"{property} of a cache policy must be");

    [Fact]
    public void Policy_WhenValuesAreNullOrOnTheirBounds_IsTaken()
    {
        var make = () => new CachePolicy
        {
            TimeToLive = TimeSpan.MaxValue,
            SlidingExpiration = TimeSpan.MaxValue,
            StaleWindow = TimeSpan.Zero,
            MemoryTimeToLive = TimeSpan.MaxValue,
            Jitter = 0,
            EagerRefresh = 1,
            FailureThrottle = TimeSpan.Zero,
            SoftTimeout = null,
            HardTimeout = 30 * Day,
        };

        make.Should().NotThrow();
    }

    [Fact]
    public async Task TimeToLive_WhenLongerThanAnyEntryMayLive_IsCapped()
    {
        await using var node = new EngineFixture(redis: true);
        var endless = new CachePolicy { TimeToLive = TimeSpan.MaxValue, StaleWindow = TimeSpan.MaxValue, MemoryTimeToLive = TimeSpan.MaxValue };

        await node.GetAsync("a", endless);
        node.Time.Advance(TimeSpan.FromMinutes(59));
        (await node.GetAsync("b", endless)).Freshness.Source.Should().Be(CacheSource.Memory);
        node.Time.Advance(TimeSpan.FromMinutes(1));

        (await node.GetAsync("b", endless)).Value.Should().Be("b");
    }

    [Fact]
    public async Task Jitter_WhenGiven_ShortensThisEntryAlone()
    {
        await using var node = new EngineFixture();
        var policy = new CachePolicy { Jitter = 0.9 };

        var lives = new List<TimeSpan>();
        for (var i = 0; i < 20; i++)
        {
            var answer = await node.GetAsync("a", policy, new CacheReadOptions(ForceRefresh: true));
            lives.Add(answer.Freshness.FreshUntil - answer.Freshness.CachedAt);
        }

        lives.Should().OnlyContain(life => life > TimeSpan.FromSeconds(29) && life <= TimeSpan.FromSeconds(300));
        lives.Distinct().Should().HaveCountGreaterThan(1);
    }

    [Fact]
    public async Task EagerRefresh_WhenGiven_RefreshesThisEntryBehindTheAnswer()
    {
        await using var node = new EngineFixture();
        var policy = new CachePolicy { EagerRefresh = 0.5 };
        await node.GetAsync("a", policy);
        node.Time.Advance(TimeSpan.FromSeconds(151));
        await node.Follower.CatchUpAsync();

        (await node.GetAsync("b", policy)).Value.Should().Be("a");
        await Eventually.TrueAsync(async () => (await node.GetAsync("c", policy)).Value == "b");
    }

    [Fact]
    public async Task FailureThrottle_WhenZero_TriesAgainAtOnce()
    {
        await using var node = new EngineFixture();
        var policy = new CachePolicy { FailureThrottle = TimeSpan.Zero };
        await node.GetAsync("a", policy);
        node.Time.Advance(TimeSpan.FromSeconds(301));
        (await node.GetFailingAsync(policy: policy)).Value.Should().Be("a");

        (await node.GetAsync("b", policy)).Value.Should().Be("b");
    }

    [Fact]
    public async Task FailureThrottle_WhenJitterIsGiven_IsShortenedAtRandom()
    {
        await using var node = new EngineFixture();
        var policy = new CachePolicy { Jitter = 0.9 };

        var early = 0;
        for (var i = 0; i < 20; i++)
        {
            await node.GetAsync("a", policy);
            node.Time.Advance(TimeSpan.FromSeconds(301));
            await node.GetFailingAsync(policy: policy);
            node.Time.Advance(TimeSpan.FromSeconds(4.5));
            early += (await node.GetAsync("b", policy)).Value == "b" ? 1 : 0;
            node.Time.Advance(TimeSpan.FromSeconds(301));
        }

        early.Should().BePositive("what failed together is not tried again together");
    }

    [Fact]
    public async Task MemoryOnly_WhenStored_StaysOutOfTheSharedTierAndItsLocks()
    {
        var locks = new TestLock();
        await using var node = new EngineFixture(redis: true, locks: locks);
        await using var other = new EngineFixture(node);
        await node.GetAsync("shared");
        await node.Tier.HasAsync(1);
        var attempts = 0;
        locks.BeforeTake = () =>
        {
            attempts++;
            return Task.CompletedTask;
        };

        var own = await other.GetAsync("own", CachePolicy.MemoryOnly);
        var again = await other.GetAsync("newer", CachePolicy.MemoryOnly);
        await using var third = new EngineFixture(node);
        var loadedAlone = attempts;
        var elsewhere = await third.GetAsync("third");

        own.Value.Should().Be("own", "Redis is not asked");
        again.Value.Should().Be("own");
        elsewhere.Value.Should().Be("shared", "Redis was not written");
        loadedAlone.Should().Be(0);
    }

    [Fact]
    public async Task ReadFrom_WhenRedisAlone_IsNotAnsweredFromMemory()
    {
        await using var node = new EngineFixture(redis: true);
        await using var other = new EngineFixture(node);
        await node.GetAsync("old");
        await node.Tier.HasAsync(1);
        await other.GetAsync("new", options: new CacheReadOptions(ForceRefresh: true));
        await Eventually.TrueAsync(() => node.Tier.Text(EngineFixture.Key) == "\"new\"");
        var redisOnly = new CachePolicy { ReadFrom = CacheTiers.Redis };

        var answer = await node.GetAsync("b", redisOnly);

        answer.Value.Should().Be("new");
        answer.Freshness.Source.Should().Be(CacheSource.Redis);
    }

    [Fact]
    public async Task ReadFrom_WhenNeitherTier_NeverJoinsALoadThatReadsThem()
    {
        await using var node = new EngineFixture();
        var load = new GatedLoad();
        var reading = node.GetAsync(load.RunAsync);
        await load.Began;

        var answer = await node.GetAsync("own", new CachePolicy { ReadFrom = CacheTiers.None });
        load.Finish("theirs");

        answer.Value.Should().Be("own");
        (await reading).Value.Should().Be("theirs");
    }

    [Fact]
    public async Task MemoryTimeToLive_WhenPassed_AsksRedisAgain()
    {
        await using var node = new EngineFixture(redis: true);
        await using var other = new EngineFixture(node);
        var policy = new CachePolicy { MemoryTimeToLive = TimeSpan.FromSeconds(1) };
        await node.GetAsync("old", policy);
        await node.Tier.HasAsync(1);
        node.Time.Advance(TimeSpan.FromSeconds(0.5));
        await other.GetAsync("new", policy, new CacheReadOptions(ForceRefresh: true));
        await Eventually.TrueAsync(() => node.Tier.Text(EngineFixture.Key) == "\"new\"");

        var before = await node.GetAsync("b", policy);
        node.Time.Advance(TimeSpan.FromSeconds(0.5));
        var after = await node.GetAsync("b", policy);

        before.Value.Should().Be("old");
        after.Value.Should().Be("new");
    }

    [Fact]
    public async Task NoStore_WhenLoaded_IsAnsweredAndKeptNowhere()
    {
        var attempts = 0;
        var locks = new TestLock
        {
            BeforeTake = () =>
            {
                attempts++;
                return Task.CompletedTask;
            },
        };
        await using var node = new EngineFixture(redis: true, locks: locks);

        (await node.GetAsync("a", CachePolicy.NoStore)).Value.Should().Be("a");
        (await node.GetAsync("b", CachePolicy.NoStore)).Value.Should().Be("b");

        attempts.Should().Be(0, "no node finds there what another would wait for");

        node.Memory.Count.Should().Be(0);
        node.Tier.Count.Should().Be(0);
    }

    [Fact]
    public async Task LoadResult_WhenItHasAPolicy_IsStoredByIt()
    {
        await using var node = new EngineFixture(redis: true);
        var shortLived = new CachePolicy { TimeToLive = TimeSpan.FromSeconds(5), StaleWindow = TimeSpan.Zero, StoreIn = CacheTiers.Memory };

        var empty = await node.GetAsync(_ => Task.FromResult(LoadResult<string>.Complete("") with { Policy = shortLived }));
        var held = await node.GetAsync("b");
        node.Time.Advance(TimeSpan.FromSeconds(5));
        var failing = () => node.GetFailingAsync();

        (empty.Freshness.FreshUntil - empty.Freshness.CachedAt).Should().Be(TimeSpan.FromSeconds(5));
        held.Value.Should().BeEmpty();
        node.Tier.Count.Should().Be(0);
        await failing.Should().ThrowAsync<Exception>("its stale window is zero");
    }

    [Fact]
    public async Task LoadResult_WhenItIsNotToBeStored_LeavesTheNextCallerToLoad()
    {
        await using var node = new EngineFixture(redis: true);

        await node.GetAsync(_ => Task.FromResult(LoadResult<string>.Complete("") with { Policy = CachePolicy.NoStore }));

        (await node.GetAsync("b")).Value.Should().Be("b");
    }

    public static TheoryData<CachePolicy> HitPolicies() => new() { CachePolicy.Default, new CachePolicy { SlidingExpiration = TimeSpan.FromSeconds(60) } };

    [Theory]
    [MemberData(nameof(HitPolicies))]
    public async Task Hit_InMemory_AllocatesNothing(CachePolicy policy)
    {
        await using var node = new EngineFixture();
        await node.GetAsync("a", policy);
        var load = new CacheLoader<int, string>((_, _, _) => Task.FromResult<LoadResult<string>>("b"));
        Task<Cached<string>> Hit() => node.Cache.GetOrLoadAsync(EngineFixture.Key, 0, load, policy, [], default, default).ToTask();

        // The answer is kept from the second hit on: of what is read once and never again, none is.
        await Hit();
        await Hit();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            _ = Hit();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }
}
