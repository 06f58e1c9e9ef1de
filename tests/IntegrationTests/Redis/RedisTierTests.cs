using System.Globalization;
using NeuroLab.Application.Abstractions.Caching;
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
        read.Entry.Age.Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(7)).And.BeLessThan(TimeSpan.FromSeconds(8));
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

        ((long)await server.ExecuteAsync("EXISTS", Raw("k"))).Should().Be(0);
    }

    private CacheKey Key(string name) => CacheKey.Of($"{_area}:{name}");

    private string Raw(string name) => string.Create(CultureInfo.InvariantCulture, $"neurolab:{_area}:{name}");
}
