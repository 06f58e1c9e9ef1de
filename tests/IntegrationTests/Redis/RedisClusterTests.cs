using System.Globalization;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.Redis;

/// <summary>Three masters that share the slots.</summary>
public sealed class RedisClusterTests : IAsyncLifetime
{
    private const int Slots = 16384;
    private readonly List<RedisServer> _servers = [];

    public async Task InitializeAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            // The bus has a port of its own: by default 10,000 above, which may be past the last.
            _servers.Add(await RedisServer.StartNewAsync(
                arguments: ["--cluster-enabled", "yes", "--cluster-port", RedisServer.FreePort().ToString(CultureInfo.InvariantCulture), "--cluster-require-full-coverage", "no"]));
        }

        for (var i = 0; i < 3; i++)
        {
            await _servers[i].ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", Slots * i / 3, (Slots * (i + 1) / 3) - 1);
            await _servers[i].ExecuteAsync("CLUSTER", "SET-CONFIG-EPOCH", i + 1);
        }

        for (var i = 1; i < 3; i++)
        {
            var busPort = (string[])(await _servers[i].ExecuteAsync("CONFIG", "GET", "cluster-port"))!;
            await _servers[0].ExecuteAsync("CLUSTER", "MEET", "127.0.0.1", _servers[i].Port, busPort[1]);
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        foreach (var server in _servers)
        {
            while (!((string)(await server.ExecuteAsync("CLUSTER", "INFO"))!).Contains("cluster_known_nodes:3", StringComparison.Ordinal)
                || !((string)(await server.ExecuteAsync("CLUSTER", "INFO"))!).Contains("cluster_slots_assigned:16384", StringComparison.Ordinal))
            {
                await Task.Delay(50, limit.Token);
            }
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Tier_WhenTheStoreIsACluster_KeepsListsAndPurgesOnEveryMaster()
    {
        var url = $"redis://{string.Join(',', _servers.Select(s => $"127.0.0.1:{s.Port}"))}";
        await using var host = await RedisTierHost.StartAsync(url);
        await host.UntilAsync(() => host.Connection.Masters() is { Complete: true, Servers.Count: 3 }, "three masters are connected");
        var keys = Enumerable.Range(0, 300).Select(i => CacheKey.Of($"cluster:{i}")).ToList();

        (await Task.WhenAll(keys.Select(k => host.Tier.SetAsync(k, RedisTierHost.Entry(k.Value), default).AsTask()))).Should().OnlyContain(taken => taken);
        foreach (var server in _servers)
        {
            ((long)await server.ExecuteAsync("DBSIZE")).Should().BePositive("each master has a share");
        }

        (await Task.WhenAll(keys.Select(k => host.Tier.GetAsync(k, default).AsTask()))).Should().OnlyContain(r => r.Outcome == DistributedReadOutcome.Found);
        (await host.Tier.ListAsync(CachePattern.All, 1000, default)).Select(e => e.Key).Should().BeEquivalentTo(keys.Select(k => k.Value));
        (await host.Tier.GetStatusAsync(default)).Status.Should().Be("healthy");
        (await host.Tier.PurgeAsync(CachePattern.Glob("cluster:1*"), default)).Should().Be(111);
        (await host.Tier.PurgeAsync(CachePattern.All, default)).Should().Be(189);
        foreach (var server in _servers)
        {
            ((long)await server.ExecuteAsync("DBSIZE")).Should().Be(0);
        }
    }
}
