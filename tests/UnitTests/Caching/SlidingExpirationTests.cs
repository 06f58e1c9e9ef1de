using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Caching.Engine;

namespace NeuroLab.UnitTests.Caching;

/// <summary>An entry that stays fresh while it is read: here, on other nodes, and never beyond its bounds.</summary>
public sealed class SlidingExpirationTests
{
    private static readonly CachePolicy Sliding = new() { SlidingExpiration = TimeSpan.FromSeconds(60) };

    private static void Pass(EngineFixture node, double seconds) => node.Time.Advance(TimeSpan.FromSeconds(seconds));

    private static async Task<string> ReadAsync(EngineFixture node, string loads = "new") => (await node.GetAsync(loads, Sliding)).Value;

    /// <summary>A hit by the short way: the journal has just been read.</summary>
    private static async Task<Cached<string>> HitAsync(EngineFixture node)
    {
        await node.Follower.CatchUpAsync();
        var hit = node.GetAsync("new", Sliding);
        hit.IsCompletedSuccessfully.Should().BeTrue();
        return await hit;
    }

    private static TimeSpan Shared(EngineFixture node) => node.Tier.Find(EngineFixture.Key)!.TimeToLive;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Entry_WhileItIsRead_StaysFreshAndNoLongerThanItsTimeToLive(bool shortWay)
    {
        await using var node = new EngineFixture();
        await ReadAsync(node, "a");

        for (var passed = 50; passed < 300; passed += 50)
        {
            Pass(node, 50);
            (shortWay ? (await HitAsync(node)).Value : await ReadAsync(node)).Should().Be("a", "{0} s have passed", passed);
        }

        Pass(node, 50);
        (await ReadAsync(node)).Should().Be("new");
    }

    [Fact]
    public void TryBeginRenewal_WhenTheEndCanMoveNoFurther_IsTrueOnce()
    {
        // As a jitter makes it: the latest end is no whole millisecond, and the entry keeps its own to the millisecond.
        const long Second = TimeSpan.TicksPerSecond;
        var latest = (300 * Second) - 4_321;
        var details = new EntryDetails<string>
        {
            Value = "a", SlidingSpan = 60 * Second, LatestFreshUntil = latest, RenewAt = CacheEntry<string>.RenewalPoint(60 * Second, 60 * Second, latest),
        };
        var life = new EntryLife(0, 60 * Second, latest, 0, latest, long.MaxValue, new DateTime(0, DateTimeKind.Utc));
        var entry = new CacheEntry<string>(EngineFixture.Key, 0, 0, life, 1, "a", details);
        for (var now = 50 * Second; now < 250 * Second; now += 50 * Second)
        {
            entry.Slide(now);
            entry.TryBeginRenewal(now).Should().BeTrue();
        }

        var told = 0;
        for (var now = 250 * Second; now < 299 * Second; now += Second)
        {
            entry.Slide(now);
            told += entry.TryBeginRenewal(now) ? 1 : 0;
        }

        told.Should().Be(1);
    }

    [Fact]
    public async Task Entry_WhenNotReadForItsSpan_IsLoadedAgain()
    {
        await using var node = new EngineFixture();
        await ReadAsync(node, "a");
        Pass(node, 59);
        (await ReadAsync(node)).Should().Be("a");
        Pass(node, 60);

        (await ReadAsync(node)).Should().Be("new");
    }

    [Fact]
    public async Task Entry_WhenItsLoadTookLongerThanItsSpan_IsKeptFromTheEndOfTheLoad()
    {
        await using var node = new EngineFixture();
        var load = new GatedLoad();
        var loading = node.GetAsync(load.RunAsync, Sliding with { HardTimeout = TimeSpan.FromMinutes(5) });
        await load.Began;
        Pass(node, 70);
        load.Finish("a");
        await loading;
        Pass(node, 59);

        (await ReadAsync(node)).Should().Be("a");
    }

    [Fact]
    public async Task Entry_WhenItSlides_IsServedStaleForItsWindowAfterItsLastFreshness()
    {
        await using var node = new EngineFixture();
        await ReadAsync(node, "a");
        Pass(node, 50);
        await HitAsync(node);

        Pass(node, 60 + 599);
        (await node.GetFailingAsync(policy: Sliding)).Value.Should().Be("a");
        Pass(node, 6);
        var failing = () => node.GetFailingAsync(policy: Sliding);

        await failing.Should().ThrowAsync<OriginUnavailableException>();
    }

    [Fact]
    public async Task Hit_WhenItSlides_SaysUntilWhenItIsFresh()
    {
        await using var node = new EngineFixture();
        await ReadAsync(node, "a");
        for (var i = 0; i < 20; i++)
        {
            Pass(node, 10);
            var hit = await HitAsync(node);
            (hit.Freshness.FreshUntil - node.Time.GetUtcNow().UtcDateTime).Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(30)).And.BeLessThanOrEqualTo(TimeSpan.FromSeconds(60));
        }
    }

    [Fact]
    public async Task Redis_WhileTheEntryIsReadHere_FollowsOnceInHalfASpan()
    {
        await using var node = new EngineFixture(redis: true);
        await ReadAsync(node, "a");
        await node.Tier.HasAsync(1);
        Pass(node, 29);
        await HitAsync(node);
        await HitAsync(node);
        Shared(node).Should().Be(TimeSpan.FromSeconds(60));
        Pass(node, 2);
        await HitAsync(node);
        await Eventually.TrueAsync(() => Shared(node) == TimeSpan.FromSeconds(91));
        var written = node.Tier.Find(EngineFixture.Key);
        Pass(node, 20);
        await HitAsync(node);
        await using var other = new EngineFixture(node);

        // A read elsewhere, past the first end.
        Pass(node, 35);
        var elsewhere = await other.GetAsync("new", Sliding);

        elsewhere.Value.Should().Be("a");
        elsewhere.Freshness.Source.Should().Be(CacheSource.Redis);
        written!.Lease.Should().Be(node.Tier.Find(EngineFixture.Key)!.Lease);
    }

    [Fact]
    public async Task Promotion_WhenTheEntrySlides_SlidesOnAndIsFoundByTheFirstNodeAgain()
    {
        await using var node = new EngineFixture(redis: true);
        await using var other = new EngineFixture(node);
        await ReadAsync(node, "a");
        await node.Tier.HasAsync(1);
        Pass(node, 50);
        (await ReadAsync(other)).Should().Be("a");
        Pass(node, 50);
        (await ReadAsync(other)).Should().Be("a");
        await Eventually.TrueAsync(() => Shared(node) == TimeSpan.FromSeconds(160));
        Pass(node, 50);

        // Its own copy ended after 60 s.
        var back = await node.GetAsync("new", Sliding);

        back.Value.Should().Be("a");
        back.Freshness.Source.Should().Be(CacheSource.Redis);
        Pass(node, 150);
        (await ReadAsync(other)).Should().Be("new", "the time to live counts from the load, on every node");
    }

    [Fact]
    public async Task Renewal_WhenInvalidatedMeanwhile_ProlongsNothing()
    {
        await using var node = new EngineFixture(redis: true);
        await ReadAsync(node, "old");
        await node.Tier.HasAsync(1);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Pass(node, 40);
        node.Tier.BeforeSet = () =>
        {
            asked.TrySetResult();
            return gate.Task;
        };
        (await HitAsync(node)).Value.Should().Be("old");
        await asked.Task;

        // The renewal is on its way: it arrives after the invalidation.
        await node.InvalidateAsync("dashboard:*");
        node.Tier.BeforeSet = null;
        gate.SetResult();
        await Eventually.TrueAsync(() => Shared(node) == TimeSpan.FromSeconds(100));
        await using var other = new EngineFixture(node);

        (await ReadAsync(other)).Should().Be("new");
        (await ReadAsync(node, "newer")).Should().NotBe("old");
    }

    [Fact]
    public async Task Renewal_WhenANewerLoadLiesInRedis_LeavesIt()
    {
        await using var node = new EngineFixture(redis: true);
        await using var other = new EngineFixture(node);
        await ReadAsync(node, "a");
        await node.Tier.HasAsync(1);
        Pass(node, 10);
        await other.GetAsync("b", Sliding, new CacheReadOptions(ForceRefresh: true));
        await Eventually.TrueAsync(() => node.Tier.Text(EngineFixture.Key) == "\"b\"");
        Pass(node, 40);
        var reads = 0;
        node.Tier.AfterGet = () =>
        {
            Interlocked.Increment(ref reads);
            return Task.CompletedTask;
        };

        (await HitAsync(node)).Value.Should().Be("a");
        await Eventually.TrueAsync(() => Volatile.Read(ref reads) == 1);
        await using var third = new EngineFixture(node);

        (await ReadAsync(third)).Should().Be("b");
    }

    [Fact]
    public async Task Entry_WhenItsSpanIsItsTimeToLive_DoesNotSlide()
    {
        await using var node = new EngineFixture();
        var policy = new CachePolicy { SlidingExpiration = TimeSpan.MaxValue, TimeToLive = TimeSpan.FromSeconds(60) };
        await node.GetAsync("a", policy);
        Pass(node, 59);
        (await node.GetAsync("b", policy)).Value.Should().Be("a");
        Pass(node, 1);

        (await node.GetAsync("b", policy)).Value.Should().Be("b");
    }
}
