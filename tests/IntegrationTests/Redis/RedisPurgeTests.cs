using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.IntegrationTests.Fixtures;
using StackExchange.Redis;

namespace NeuroLab.IntegrationTests.Redis;

/// <summary>A purge deletes what matches of our own keys, and no key of another application.</summary>
[Collection("redis")]
public sealed class RedisPurgeTests(RedisServer server)
{
    [Fact]
    public async Task PurgeAsync_WhenThePrefixHasGlobCharacters_DeletesOwnKeysOnly()
    {
        var area = Guid.NewGuid().ToString("N");
        var prefix = $"{area}a[1]*?\\^:";
        await using var connection = await server.ConnectAsync();
        var database = connection.GetDatabase();
        var foreign = new[] { $"{area}a1xx\\^:k", $"{area}a1:k", $"{area}a[1]zzz?\\^:k", $"{area}a[1]*x\\^:k", $"x{prefix}k", $"{area}a[1]*?\\^" };
        await Task.WhenAll(Enumerable.Range(0, 10_000).Select(i => database.StringSetAsync($"{prefix}k{i}", "v")).Concat(foreign.Select(k => database.StringSetAsync(k, "v"))));
        await using var host = await RedisTierHost.StartAsync(server.Url, settings: ("Cache:KeyPrefix", prefix));

        (await host.Tier.PurgeAsync(CachePattern.All, default)).Should().Be(10_000);

        (await CountAsync(connection, area)).Should().Be(foreign.Length - 1, "one of them begins with another character");
        (await database.KeyExistsAsync(foreign.Select(k => (RedisKey)k).ToArray())).Should().Be(foreign.Length);
    }

    [Fact]
    public async Task PurgeAsync_WhenAPatternIsGiven_DeletesWhatItMatchesAndNothingElse()
    {
        var owner = Guid.NewGuid();
        await using var host = await RedisTierHost.StartAsync(server.Url);
        var keys = new[] { CacheKey.Owned("purge", owner, "a"), CacheKey.Owned("purge", owner, "*"), CacheKey.Owned("purge", Guid.NewGuid(), "a"), CacheKey.Of($"purge:{owner}") };
        foreach (var key in keys)
        {
            await host.Tier.SetAsync(key, RedisTierHost.Entry("x"), default);
        }

        (await host.Tier.PurgeAsync(CachePattern.Owned("purge", owner), default)).Should().Be(2);

        (await FoundAsync(host, keys)).Should().Equal(false, false, true, true);
        (await host.Tier.PurgeAsync(CachePattern.Exact(keys[2]), default)).Should().Be(1);
        (await FoundAsync(host, keys)).Should().Equal(false, false, false, true);
    }

    [Fact]
    public async Task PurgeAsync_WhenTheDatabaseIsNotTheFirst_StaysInIt()
    {
        await using var first = await RedisTierHost.StartAsync(server.Url);
        await using var third = await RedisTierHost.StartAsync(server.Url + "/3");
        var key = CacheKey.Of("purge-db:" + Guid.NewGuid());
        await first.Tier.SetAsync(key, RedisTierHost.Entry("x"), default);
        await third.Tier.SetAsync(key, RedisTierHost.Entry("x"), default);

        (await third.Tier.PurgeAsync(CachePattern.Exact(key), default)).Should().Be(1);

        (await first.Tier.GetAsync(key, default)).Outcome.Should().Be(DistributedReadOutcome.Found);
        (await third.Tier.GetAsync(key, default)).Outcome.Should().Be(DistributedReadOutcome.Miss);
    }

    private static async Task<bool[]> FoundAsync(RedisTierHost host, CacheKey[] keys)
    {
        var found = new List<bool>();
        foreach (var key in keys)
        {
            found.Add((await host.Tier.GetAsync(key, default)).Outcome == DistributedReadOutcome.Found);
        }

        return [.. found];
    }

    private static async Task<int> CountAsync(ConnectionMultiplexer connection, string beginning)
    {
        var count = 0;
        await foreach (var _ in connection.GetServers()[0].KeysAsync(pattern: beginning + "*", pageSize: 1000))
        {
            count++;
        }

        return count;
    }
}
