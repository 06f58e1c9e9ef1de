using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;

namespace NeuroLab.UnitTests.Caching.Diagnostics;

/// <summary>What is counted and measured is what happened, each thing once.</summary>
public sealed class CacheMetricsTests
{
    [Fact]
    public async Task MemoryHits_WhenListenedTo_AreMeasuredOneInManyAndAllCounted()
    {
        await using var node = new EngineFixture();
        using var meter = await Recorded.OfAsync(node);
        await node.GetAsync("a");

        for (var i = 0; i < 3000; i++)
        {
            await node.GetAsync("b");
        }

        // Each processor takes its first, and one of every 1024 that follow.
        meter.Values("tier.read.duration{outcome=hit,tier=memory}").Count.Should().BeInRange(1, 3 + Environment.ProcessorCount);
        meter.Now("requests{result=memory}").Should().Be(3000);
        meter.Now("tier.reads{outcome=hit,tier=memory}").Should().Be(3000);
        meter.Now("tier.reads{outcome=miss,tier=memory}").Should().Be(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task MemoryHit_WhetherListenedToOrNot_AllocatesNothing(bool listenedTo)
    {
        await using var node = new EngineFixture();
        using var meter = listenedTo ? await Recorded.OfAsync(node) : null;
        await node.GetAsync("a");
        Func<CancellationToken, Task<LoadResult<string>>> load = static _ => throw new InvalidOperationException("It is in memory.");
        Hits(node, load, 2 * Infrastructure.Caching.Diagnostics.CacheTimings.MemorySample);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Hits(node, load, 1000);

        // What this listener itself does with one of them is its own.
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(listenedTo ? 4000 : 1);
    }

    [Fact]
    public async Task Load_WhenItEnds_IsMeasuredByItsOutcome()
    {
        await using var node = new EngineFixture();
        using var meter = await Recorded.OfAsync(node);
        await node.GetAsync("a");
        await node.GetAsync(_ => Task.FromResult(new LoadResult<string>("a", ["part"])), key: CacheKey.Of("partial"));
        await Failing(node, new OriginUnavailableException(StaleReason.OriginError), "error");
        await Failing(node, new TimeoutException(), "timeout");
        await Failing(node, new OriginUnavailableException(StaleReason.CircuitOpen), "open");
        await Failing(node, new NotFoundException("Not there."), "missing");

        foreach (var outcome in (string[])["ok", "partial", "origin_error", "origin_timeout", "circuit_open", "other"])
        {
            meter.Values($"load.duration{{outcome={outcome}}}").Should().ContainSingle(outcome);
        }

        meter.Now("loads").Should().Be(6);
        foreach (var reason in (string[])["origin_error", "origin_timeout", "circuit_open", "other"])
        {
            meter.Now($"load_failures{{reason={reason}}}").Should().Be(1, reason);
        }

        node.Administration.GetStatistics().LoadFailures.Should().Be(4);
    }

    [Fact]
    public async Task Load_WhenNobodyWaitsAnyMore_IsAbandonedAndNoFailure()
    {
        await using var node = new EngineFixture();
        using var meter = await Recorded.OfAsync(node);
        using var caller = new CancellationTokenSource();
        var load = new GatedLoad();
        var reading = node.GetAsync(load.RunAsync, cancellationToken: caller.Token);
        await load.Began;

        await caller.CancelAsync();
        await Record.ExceptionAsync(() => reading);

        await Eventually.TrueAsync(() => meter.Values("load.duration{outcome=abandoned}").Count == 1);
        meter.Now("load_failures{reason=other}").Should().Be(0);
    }

    [Fact]
    public async Task JoinedLoad_WhenItEnds_IsMeasuredForThoseWhoJoined()
    {
        await using var node = new EngineFixture();
        using var meter = await Recorded.OfAsync(node);
        using var caller = new CancellationTokenSource();
        var load = new GatedLoad();
        var first = node.GetAsync(load.RunAsync);
        await load.Began;
        var second = node.GetAsync(load.RunAsync);
        var third = node.GetAsync(load.RunAsync, cancellationToken: caller.Token);

        await caller.CancelAsync();
        await Record.ExceptionAsync(() => third);
        load.Finish("a");
        await Task.WhenAll(first, second);

        meter.Values("wait.duration{outcome=answered}").Should().ContainSingle("the first did not join");
        meter.Values("wait.duration{outcome=left}").Should().ContainSingle();
        meter.Now("coalesced").Should().Be(2);
    }

    [Fact]
    public async Task StaleCopy_WhenServed_CountsByReasonAndWhetherAWriteHasOvertakenIt()
    {
        await using var node = new EngineFixture(configure: settings => settings["Cache:FailureThrottle"] = "00:00:00.001");
        using var meter = await Recorded.OfAsync(node);
        await node.GetAsync("a");
        node.Time.Advance(TimeSpan.FromSeconds(301));
        (await node.GetFailingAsync()).Freshness.IsStale.Should().BeTrue();
        await node.InvalidateAsync(EngineFixture.Text);
        (await node.GetFailingAsync(new TimeoutException())).Freshness.Invalidated.Should().BeTrue();

        meter.Now("stale_served{invalidated=false,reason=origin_error}").Should().Be(1);
        meter.Now("stale_served{invalidated=true,reason=origin_timeout}").Should().Be(1);
        meter.Now("stale_served{invalidated=true,reason=origin_error}").Should().Be(0);
        node.Administration.GetStatistics().StaleServed.Should().Be(2);
    }

    [Fact]
    public async Task RedisReads_WhenAnotherNodeLoads_CountTheFirstLookAlone()
    {
        await using var node = new EngineFixture(redis: true, locks: new TestLock());
        await using var other = new EngineFixture(node);
        using var meter = await Recorded.OfAsync(other);
        var load = new GatedLoad();
        var loading = node.GetAsync(load.RunAsync);
        await load.Began;
        var looks = 0;
        node.Tier.AfterGet = () =>
        {
            Interlocked.Increment(ref looks);
            return Task.CompletedTask;
        };
        var waiting = other.GetAsync("b");
        await Eventually.TrueAsync(() =>
        {
            node.Time.Advance(TimeSpan.FromMilliseconds(20));
            return Volatile.Read(ref looks) > 3;
        });
        load.Finish("a");
        await loading;
        await Eventually.TrueAsync(() =>
        {
            node.Time.Advance(TimeSpan.FromMilliseconds(20));
            return waiting.IsCompleted;
        });

        (await waiting).Freshness.Source.Should().Be(CacheSource.Redis);
        meter.Values("tier.read.duration{outcome=miss,tier=redis}").Should().ContainSingle("looking again is the same read");
        meter.Now("tier.reads{outcome=miss,tier=redis}").Should().Be(1);
        meter.Now("requests{result=redis}").Should().Be(1);
    }

    [Fact]
    public async Task RedisReads_WhenTheyEnd_AreToldApart()
    {
        await using var node = new EngineFixture(redis: true);
        await node.GetAsync("a");
        await node.Tier.HasAsync(1);
        await using var second = new EngineFixture(node);
        using var meter = await Recorded.OfAsync(second);
        await second.GetAsync("b");
        await second.InvalidateAsync("*");
        await second.GetAsync("c");
        node.Tier.IsDown = true;
        await second.GetAsync(_ => Task.FromResult<LoadResult<string>>("d"), key: CacheKey.Of("another"));

        foreach (var outcome in (string[])["hit", "stale", "unavailable"])
        {
            meter.Now($"tier.reads{{outcome={outcome},tier=redis}}").Should().Be(1, outcome);
        }
    }

    [Fact]
    public async Task Memory_WhenAsked_TellsItsContentAndItsBounds()
    {
        await using var node = new EngineFixture(configure: settings => settings["Cache:MemoryMaxSize"] = "2");
        using var meter = await Recorded.OfAsync(node);
        foreach (var key in (string[])["a", "b", "c"])
        {
            await node.GetAsync(_ => Task.FromResult<LoadResult<string>>("x"), key: CacheKey.Of(key));
        }

        meter.Now("memory.entries").Should().Be(2);
        meter.Now("memory.entries_limit").Should().Be(2);
        meter.Now("memory.size").Should().Be(node.Memory.SizeBytes);
        meter.Now("memory.size_limit").Should().Be(268435456);
        meter.Now("memory.evictions").Should().Be(1);
    }

    private static Task<Exception?> Failing(EngineFixture node, Exception failure, string key) =>
        Record.ExceptionAsync(() => node.GetAsync(_ => Task.FromException<LoadResult<string>>(failure), key: CacheKey.Of(key)));

    private static void Hits(EngineFixture node, Func<CancellationToken, Task<LoadResult<string>>> load, int count)
    {
        var cache = node.Cache;
        for (var i = 0; i < count; i++)
        {
            if (!cache.GetOrLoadAsync(EngineFixture.Key, load, static (call, _, token) => call(token), CachePolicy.Default, [], default, default).ToTask().IsCompletedSuccessfully)
            {
                throw new InvalidOperationException("It was not a hit.");
            }
        }
    }
}
