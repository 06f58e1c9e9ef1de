using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.UnitTests.Caching;

/// <summary>The cache used by hand: looked up, set, expired and removed key by key.</summary>
public sealed class ManualCacheTests
{
    [Fact]
    public async Task Manual_GetSetExpire_Work()
    {
        await using var node = new EngineFixture(redis: true);
        await using var other = new EngineFixture(node);

        var miss = await node.Cache.GetAsync<string>(EngineFixture.Key, default);
        await node.Cache.SetAsync(EngineFixture.Key, "a", CachePolicy.Default, [], miss.Lease, default);
        var hit = await node.Cache.GetAsync<string>(EngineFixture.Key, default);
        var shared = await other.Cache.GetAsync<string>(EngineFixture.Key, default);
        await node.Cache.ExpireAsync(EngineFixture.Key, default);
        var expired = await node.Cache.GetAsync<string>(EngineFixture.Key, default);
        var stale = await node.Cache.GetStaleAsync<string>(EngineFixture.Key, default);

        miss.Found.Should().BeNull();
        hit.Found!.Freshness.Source.Should().Be(CacheSource.Memory);
        shared.Found!.Freshness.Source.Should().Be(CacheSource.Redis);
        expired.Found.Should().BeNull();
        stale!.Value.Should().Be("a");
        stale.Freshness.Invalidated.Should().BeTrue();
    }

    [Fact]
    public async Task Remove_OfOneKey_DeletesItInEveryTierAndLeavesNoStaleCopy()
    {
        await using var node = new EngineFixture(redis: true);
        await using var other = new EngineFixture(node);
        var neighbour = CacheKey.Of(EngineFixture.Text + "2");
        await node.Cache.SetAsync(EngineFixture.Key, "a", CachePolicy.Default, [], null, default);
        await node.Cache.SetAsync(neighbour, "b", CachePolicy.Default, [], null, default);
        await other.GetAsync("a");

        await node.Cache.RemoveAsync(EngineFixture.Key, default);
        await other.Follower.CatchUpAsync();

        node.Memory.TryPeek(EngineFixture.Key, out _).Should().BeFalse();
        other.Memory.TryPeek(EngineFixture.Key, out _).Should().BeFalse();
        node.Tier.Count.Should().Be(1);
        (await node.Cache.GetStaleAsync<string>(EngineFixture.Key, default)).Should().BeNull();
        (await node.Cache.GetAsync<string>(neighbour, default)).Found!.Value.Should().Be("b");
    }

    [Fact]
    public async Task GetStale_WhenThereIsNothing_IsNull()
    {
        await using var node = new EngineFixture();

        (await node.Cache.GetStaleAsync<string>(EngineFixture.Key, default)).Should().BeNull();
    }
}
