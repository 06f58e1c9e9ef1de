using System.Diagnostics;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.Redis;

/// <summary>The tier while its store is stopped, frozen, cut off, slow: every call bounded, nothing thrown, and back by itself.</summary>
public sealed class RedisFaultTests : IAsyncLifetime
{
    // The hard timeout of 250 ms, and what a busy machine adds; the client's own timeout of 1 s would show.
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(900);

    // A second is usual.
    private static readonly TimeSpan Healing = TimeSpan.FromSeconds(8);
    private static readonly CacheKey Key = CacheKey.Of("fault:key");
    private RedisServer _server = null!;

    public async Task InitializeAsync() => _server = await RedisServer.StartNewAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Tier_WhenTheStoreIsDownAtStart_StartsAtOnceAndComesToLifeWithIt()
    {
        await _server.StopAsync();
        var started = Stopwatch.GetTimestamp();
        await using var host = await StartAsync(_server.Url, waitUntilAvailable: false);

        Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(5));
        (await host.Tier.GetAsync(Key, default)).Should().Be(DistributedRead.Unavailable);
        (await host.Tier.GetStatusAsync(default)).Status.Should().Be("unavailable");

        await _server.StartAsync();
        (await host.UntilAsync(() => host.Tier.IsAvailable, "available after the start")).Should().BeLessThan(Healing);
        (await host.Tier.SetAsync(Key, RedisTierHost.Entry("x"), default)).Should().BeTrue();
    }

    [Fact]
    public async Task Tier_WhenTheStoreIsStoppedAndStarted_AnswersAtOnceMeanwhileAndComesBackWithinSeconds()
    {
        await using var host = await StartAsync(_server.Url);
        for (var round = 0; round < 3; round++)
        {
            await host.Tier.SetAsync(Key, RedisTierHost.Entry("x"), default);
            await _server.StopAsync();
            await host.UntilAsync(() => !host.Tier.IsAvailable, "not available after the stop");
            (await UsualGetAsync(host, 20)).Should().BeLessThan(Bound);
            (await host.Tier.GetAsync(Key, default)).Outcome.Should().Be(DistributedReadOutcome.Unavailable);

            await _server.StartAsync();
            (await host.UntilAsync(() => host.Tier.IsAvailable, "available after the start")).Should().BeLessThan(Healing);
            (await host.Tier.GetAsync(Key, default)).Outcome.Should().Be(DistributedReadOutcome.Miss);
        }
    }

    [Fact]
    public async Task Tier_WhenTheStoreIsFrozenUnderTraffic_BoundsEachCallThenCostsNothingAndHealsAfterTheThaw()
    {
        await using var host = await StartAsync(_server.Url);
        await host.Tier.SetAsync(Key, RedisTierHost.Entry("x"), default);
        await _server.FreezeAsync();

        (await UsualGetAsync(host, 3)).Should().BeLessThan(Bound);
        await host.UntilAsync(() => !host.Tier.IsAvailable, "not available when frozen");
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < 1000; i++)
        {
            (await host.Tier.GetAsync(Key, default)).Outcome.Should().Be(DistributedReadOutcome.Unavailable);
            (await host.Tier.SetAsync(Key, RedisTierHost.Entry("y"), default)).Should().BeFalse();
        }

        Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(10), "a store known to hang is not asked");
        (await host.Tier.PurgeAsync(CachePattern.All, default)).Should().BeNull();
        var listed = await host.Tier.ListAsync(CachePattern.All, 10, default);
        (listed.Entries.Count, listed.IsComplete).Should().Be((0, false));

        await _server.ThawAsync();
        (await host.UntilAsync(() => host.Tier.IsAvailable, "available after the thaw")).Should().BeLessThan(Healing);
        (await host.Tier.GetAsync(Key, default)).Outcome.Should().Be(DistributedReadOutcome.Found);
    }

    [Fact]
    public async Task Tier_WhenFrozenForLongerThanTheClientWaits_HealsAfterTheThaw()
    {
        await using var host = await StartAsync(_server.Url);
        await host.Tier.SetAsync(Key, RedisTierHost.Entry("x"), default);
        await _server.FreezeAsync();
        await host.UntilAsync(() => !host.Connection.Multiplexer!.IsConnected, "the client gives the link up", limitSeconds: 30);

        await _server.ThawAsync();

        (await host.UntilAsync(() => host.Tier.IsAvailable, "available after the thaw")).Should().BeLessThan(Healing);
        (await host.Tier.GetAsync(Key, default)).Outcome.Should().Be(DistributedReadOutcome.Found);
    }

    [Fact]
    public async Task Breaker_WhenCallsTimeOut_OpensAndAProbeClosesIt()
    {
        // A heartbeat too rare to notice: the breaker alone finds out.
        await using var host = await StartAsync(_server.Url, settings: ("Cache:Redis:HeartbeatInterval", "00:00:30"));
        await _server.FreezeAsync();

        for (var i = 0; i < 5; i++)
        {
            (await host.Tier.GetAsync(Key, default)).Outcome.Should().Be(DistributedReadOutcome.Unavailable);
        }

        host.Calls.Circuit.Should().Be("open");
        host.Tier.IsAvailable.Should().BeFalse();
        await _server.ThawAsync();
        (await host.UntilAsync(() => host.Calls.Circuit == "closed" && host.Tier.IsAvailable, "closed by a probe")).Should().BeLessThan(Healing);
    }

    [Fact]
    public async Task Tier_WhenFloodedWhileFrozen_RefusesBeyondItsBoundAndIsWholeAfterTheThaw()
    {
        await using var host = await StartAsync(
            _server.Url, settings: [("Cache:Redis:MaxCallsInFlight", "100"), ("Cache:Redis:Breaker:MinimumThroughput", "100000"), ("Cache:Redis:HeartbeatInterval", "00:00:30")]);
        await _server.FreezeAsync();

        var started = Stopwatch.GetTimestamp();
        var calls = Enumerable.Range(0, 5000).Select(i => host.Tier.GetAsync(CacheKey.Of($"fault:{i}"), default).AsTask()).ToList();
        calls.Count(c => c.IsCompletedSuccessfully && c.Result.Outcome == DistributedReadOutcome.Unavailable).Should().BeGreaterThanOrEqualTo(4900, "a call beyond the bound is refused at once");
        host.Calls.InFlight.Should().Be(100);
        (await Task.WhenAll(calls)).Should().OnlyContain(r => r.Outcome == DistributedReadOutcome.Unavailable);
        Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(2));
        host.Calls.InFlight.Should().Be(100, "calls given up keep their places while the client still has them");

        await _server.ThawAsync();
        await host.UntilAsync(() => host.Calls.InFlight == 0, "every place is given back");
        await host.UntilAsync(() => host.Tier.IsAvailable, "available");
        (await host.Tier.SetAsync(Key, RedisTierHost.Entry("x"), default)).Should().BeTrue();
        host.Log.Lines.Count(l => l.Contains(" 1211 ", StringComparison.Ordinal)).Should().Be(1, "one line tells of all the refused calls");
    }

    [Fact]
    public async Task Tier_WhenTheLinkDiesWithoutAWord_FindsOutAndConnectsAnew()
    {
        await using var proxy = new TcpProxy(_server.Port);
        await using var host = await StartAsync($"redis://127.0.0.1:{proxy.Port}");
        await host.Tier.SetAsync(Key, RedisTierHost.Entry("x"), default);

        proxy.BlackHole();
        (await UsualGetAsync(host, 3)).Should().BeLessThan(Bound);
        await host.UntilAsync(() => !host.Tier.IsAvailable, "not available");
        proxy.Restore();

        (await host.UntilAsync(() => host.Tier.IsAvailable, "available over a new link", limitSeconds: 20)).Should().BeLessThan(2 * Healing);
        (await host.Tier.GetAsync(Key, default)).Outcome.Should().Be(DistributedReadOutcome.Found);
    }

    [Fact]
    public async Task Tier_WhenTheLinkIsCut_ComesBackByItself()
    {
        await using var proxy = new TcpProxy(_server.Port);
        await using var host = await StartAsync($"redis://127.0.0.1:{proxy.Port}");
        proxy.Cut();
        await host.UntilAsync(() => !host.Tier.IsAvailable, "not available");
        (await UsualGetAsync(host, 3)).Should().BeLessThan(Bound);
        proxy.Restore();

        (await host.UntilAsync(() => host.Tier.IsAvailable, "available again")).Should().BeLessThan(Healing);
    }

    [Fact]
    public async Task Tier_WhenAnswersAreSlow_ShortensLivesByWhatItCannotKnow()
    {
        await using var proxy = new TcpProxy(_server.Port) { Delay = TimeSpan.FromMilliseconds(40) };
        await using var host = await RedisTierHost.StartAsync($"redis://127.0.0.1:{proxy.Port}");
        await host.Tier.SetAsync(Key, RedisTierHost.Entry("x", age: TimeSpan.FromSeconds(1)), default);

        var read = await host.Tier.GetAsync(Key, default);

        read.Outcome.Should().Be(DistributedReadOutcome.Found);
        read.Entry!.Age.Should().BeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(1080)).And.BeLessThan(TimeSpan.FromMilliseconds(2000));
    }

    [Fact]
    public async Task GetAsync_WhenTheCallerGivesUp_IsTheCallersCancellationAndGivesThePlaceBackLater()
    {
        await using var host = await RedisTierHost.StartAsync(_server.Url);
        await _server.FreezeAsync();
        using var caller = new CancellationTokenSource();

        var call = host.Tier.GetAsync(Key, caller.Token).AsTask();
        await caller.CancelAsync();

        await FluentActions.Awaiting(() => call).Should().ThrowAsync<OperationCanceledException>();
        await _server.ThawAsync();
        await host.UntilAsync(() => host.Calls.InFlight == 0, "the place is given back");
    }

    private static Task<RedisTierHost> StartAsync(string url, bool waitUntilAvailable = true, params (string Name, string Value)[] settings) =>
        RedisTierHost.StartAsync(url, waitUntilAvailable, settings: [RedisTierHost.UsualTimeout, .. settings]);

    private static async Task<TimeSpan> UsualGetAsync(RedisTierHost host, int times)
    {
        var took = new List<TimeSpan>();
        for (var i = 0; i < times; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await host.Tier.GetAsync(Key, default);
            took.Add(Stopwatch.GetElapsedTime(started));
        }

        // The median: one call may be held up by the machine.
        return took.Order().ElementAt(times / 2);
    }
}
