using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Redis;
using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.Redis;

[Collection("redis")]
public sealed class RedisTierTests(RedisServer server) : IAsyncLifetime
{
    private readonly string _area = "t" + Guid.NewGuid().ToString("N");
    private RedisTierHost _host = null!;

    private IDistributedTier Tier => _host.Tier;

    public async Task InitializeAsync() => _host = await RedisTierHost.StartAsync(server.Url);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task GetAsync_WhenSet_BringsTheValueWithItsMetadata()
    {
        var entry = RedisTierHost.Entry("payload", age: TimeSpan.FromSeconds(7));

        (await Tier.SetAsync(Key("k"), entry, default)).Should().BeTrue();
        var read = await Tier.GetAsync(Key("k"), default);

        read.Outcome.Should().Be(DistributedReadOutcome.Found);
        read.Entry.Should().BeEquivalentTo(entry, o => o.Excluding(e => e.Age).Excluding(e => e.Payload));
        read.Entry!.Payload.ToArray().Should().Equal(entry.Payload.ToArray());
        read.Entry.Age.Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(7)).And.BeLessThan(TimeSpan.FromSeconds(12));
    }

    [Fact]
    public async Task GetAsync_WhenNeverSet_Misses() => (await Tier.GetAsync(Key("none"), default)).Should().Be(DistributedRead.Miss);

    [Fact]
    public async Task SetAsync_WhenPartOfTheLifeIsOver_LetsRedisRemoveItAtTheEndOfTheStaleWindow()
    {
        await Tier.SetAsync(Key("k"), RedisTierHost.Entry("x", TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(50), age: TimeSpan.FromSeconds(30)), default);

        ((long)await server.ExecuteAsync("PTTL", Raw("k"))).Should().BeInRange(110_000, 120_000);
    }

    [Fact]
    public async Task GetAsync_WhenItsLifeIsOver_Misses()
    {
        await Tier.SetAsync(Key("k"), RedisTierHost.Entry("x", TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(20)), default);

        await _host.UntilAsync(() => Tier.GetAsync(Key("k"), default).AsTask().GetAwaiter().GetResult().Outcome == DistributedReadOutcome.Miss, "the value is gone");

        // The tier rounds an age up, so its miss may come a moment before the removal.
        await using var connection = await server.ConnectAsync();
        await _host.UntilAsync(() => !connection.GetDatabase().KeyExists(Raw("k")), "Redis has removed it");
    }

    [Fact]
    public async Task GetAsync_WhenTheKeyHoldsAnotherType_MissesAndASetReplacesIt()
    {
        await server.ExecuteAsync("LPUSH", Raw("k"), "a", "b");

        (await Tier.GetAsync(Key("k"), default)).Should().Be(DistributedRead.MissBecause("the store refused to show it"));
        (await Tier.SetAsync(Key("k"), RedisTierHost.Entry("x"), default)).Should().BeTrue();
        (await Tier.GetAsync(Key("k"), default)).Outcome.Should().Be(DistributedReadOutcome.Found);
        _host.Calls.Circuit.Should().Be("closed");
        _host.Log.ToString().Should().Contain("WRONGTYPE").And.NotContain(_area, "a log has no keys");
    }

    [Fact]
    public async Task GetAsync_WhenTheBytesAreNotOurs_MissesAndSaysSoOnce()
    {
        var good = RedisValueCodec.Encode(Key("k"), RedisTierHost.Entry("payload"), await NowAsync(), 0)!.Value.ToArray();
        var otherFormat = (byte[])good.Clone();
        otherFormat[2]++;
        var damaged = (byte[])good.Clone();
        damaged[^1] ^= 1;
        foreach (var bytes in new[] { [], "garbage"u8.ToArray(), "{\"json\":true}"u8.ToArray(), otherFormat, damaged, good[..^1], [.. good, 0] })
        {
            await server.ExecuteAsync("SET", Raw("k"), bytes);
            (await Tier.GetAsync(Key("k"), default)).Should().Be(DistributedRead.MissBecause("it is damaged, of another format or of another key"));
        }

        await server.ExecuteAsync("SET", Raw("k"), good);
        (await Tier.GetAsync(Key("k"), default)).Outcome.Should().Be(DistributedReadOutcome.Found);
        _host.Log.Lines.Count(l => l.Contains(" 1221 ", StringComparison.Ordinal)).Should().Be(1);
    }

    [Fact]
    public async Task GetAsync_WhenTheValueHasAnotherSchema_BringsItAsItIs()
    {
        await Tier.SetAsync(Key("k"), RedisTierHost.Entry("x") with { Schema = 7 }, default);

        (await Tier.GetAsync(Key("k"), default)).Entry!.Schema.Should().Be(7);
    }

    [Theory]
    [InlineData(5_000, false)]
    [InlineData(0, true)]
    [InlineData(-10_000, true)]
    [InlineData(-1_000_000, false)]
    public async Task GetAsync_WhenLoadedAtAnotherTimeOfTheStoresClock_JudgesByThatClock(long shiftMs, bool found)
    {
        var bytes = RedisValueCodec.Encode(Key("k"), RedisTierHost.Entry("x"), await NowAsync() + shiftMs, 0)!.Value.ToArray();
        await server.ExecuteAsync("SET", Raw("k"), bytes);

        var read = await Tier.GetAsync(Key("k"), default);

        read.Outcome.Should().Be(found ? DistributedReadOutcome.Found : DistributedReadOutcome.Miss);
        if (found)
        {
            read.Entry!.Age.Should().BeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(-shiftMs)).And.BeLessThan(TimeSpan.FromMilliseconds(2000 - shiftMs));
        }
    }

    [Fact]
    public async Task GetAsync_WhenThisNodesWallClockIsYearsOff_KnowsTheAgeAllTheSame()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2001, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var other = await RedisTierHost.StartAsync(server.Url, clock: clock, settings: ("Cache:Redis:HeartbeatInterval", "00:01:00"));
        await Tier.SetAsync(Key("k"), RedisTierHost.Entry("x", age: TimeSpan.FromSeconds(3)), default);

        var first = await other.Tier.GetAsync(Key("k"), default);
        clock.Advance(TimeSpan.FromSeconds(20));
        var later = await other.Tier.GetAsync(Key("k"), default);

        first.Entry!.Age.Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(2)).And.BeLessThan(TimeSpan.FromSeconds(30), "the two clocks are years apart");
        (later.Entry!.Age - first.Entry.Age).Should().BeCloseTo(TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(1), "between heartbeats the node's monotonic clock counts");
    }

    [Fact]
    public async Task SetAsync_WhenLarge_StoresItCompressedAndBringsItWhole()
    {
        var text = string.Concat(Enumerable.Range(0, 5000).Select(i => $"{{\"id\":{i},\"name\":\"experiment\"}},"));
        await Tier.SetAsync(Key("k"), RedisTierHost.Entry(text), default);

        ((long)await server.ExecuteAsync("STRLEN", Raw("k"))).Should().BeLessThan(text.Length / 2);
        (await Tier.GetAsync(Key("k"), default)).Entry!.Payload.ToArray().Should().Equal(System.Text.Encoding.UTF8.GetBytes(text));
    }

    [Fact]
    public async Task GetStatusAsync_WhenHealthy_TellsTheServersFiguresAndLeavesNoKey()
    {
        var before = (long)await server.ExecuteAsync("DBSIZE");
        var status = await Tier.GetStatusAsync(default);

        status.Status.Should().Be("healthy");
        status.Available.Should().BeTrue();
        status.ConnectedClients.Should().BePositive();
        status.UsedMemory.Should().BePositive();
        status.UsedMemoryHuman.Should().NotBeNullOrEmpty();
        status.KeyspaceHits.Should().NotBeNull();
        status.KeyspaceMisses.Should().NotBeNull();
        status.ResponseTime.Should().BePositive();
        ((long)await server.ExecuteAsync("DBSIZE")).Should().Be(before);
    }

    [Fact]
    public async Task ListAsync_WhenThereAreEntries_TellsTheirAgeTtlAndSizeUpToTheLimit()
    {
        await Task.WhenAll(Enumerable.Range(0, 250).Select(i => Tier.SetAsync(Key($"l{i}"), RedisTierHost.Entry("x", age: TimeSpan.FromSeconds(10)), default).AsTask()));
        await server.ExecuteAsync("LPUSH", Raw("l-list"), "a");
        await server.ExecuteAsync("SET", Raw("l-foreign"), "a");

        var (all, isComplete) = await Tier.ListAsync(CachePattern.Glob($"{_area}:l*"), 1000, default);

        all.Select(e => e.Key).Should().BeEquivalentTo(Enumerable.Range(0, 250).Select(i => Key($"l{i}").Value));
        all.Should().OnlyContain(e => e.Tier == "redis" && e.AgeSeconds >= 10 && e.AgeSeconds < 15 && e.TtlSeconds > 285 && e.TtlSeconds <= 290 && e.SizeBytes > 0 && e.Hits == null);
        isComplete.Should().BeTrue();
        foreach (var limit in (int[])[10, 250])
        {
            var some = await Tier.ListAsync(CachePattern.Glob($"{_area}:l*"), limit, default);
            (some.Entries.Count, some.IsComplete).Should().Be((limit, false));
        }

        var none = await Tier.ListAsync(CachePattern.Exact(Key("l*")), 10, default);
        (none.Entries.Count, none.IsComplete).Should().Be((0, true));
    }

    private async Task<long> NowAsync()
    {
        var time = (string[])(await server.ExecuteAsync("TIME"))!;
        return (long.Parse(time[0], CultureInfo.InvariantCulture) * 1000) + (long.Parse(time[1], CultureInfo.InvariantCulture) / 1000);
    }

    private CacheKey Key(string name) => CacheKey.Of($"{_area}:{name}");

    private string Raw(string name) => string.Create(CultureInfo.InvariantCulture, $"neurolab:{_area}:{name}");
}
