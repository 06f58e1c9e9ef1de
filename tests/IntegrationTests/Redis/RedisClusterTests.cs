using System.Diagnostics;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.IntegrationTests.Fixtures;
using Xunit.Abstractions;

namespace NeuroLab.IntegrationTests.Redis;

/// <summary>Three masters that share the slots, and a replica of the first.</summary>
public sealed class RedisClusterTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly RedisCluster _cluster = new();

    private IReadOnlyList<RedisServer> Servers => _cluster.Servers;

    private IEnumerable<RedisServer> Masters => _cluster.Masters;

    public Task InitializeAsync() => _cluster.InitializeAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Tier_WhenTheStoreIsACluster_KeepsListsAndPurgesOnEveryMaster()
    {
        var url = $"redis://{string.Join(',', Masters.Select(s => s.Address))}";
        await using var host = await RedisTierHost.StartAsync(url);
        await host.UntilAsync(() => host.Connection.Masters().Count == 3, "three masters are connected");
        var keys = Enumerable.Range(0, 300).Select(i => CacheKey.Of($"cluster:{i}")).ToList();

        (await Task.WhenAll(keys.Select(k => host.Tier.SetAsync(k, RedisTierHost.Entry(k.Value), default).AsTask()))).Should().OnlyContain(taken => taken);
        foreach (var server in Masters)
        {
            ((long)await server.ExecuteAsync("DBSIZE")).Should().BePositive("each master has a share");
        }

        (await Task.WhenAll(keys.Select(k => host.Tier.GetAsync(k, default).AsTask()))).Should().OnlyContain(r => r.Outcome == DistributedReadOutcome.Found);
        (await host.Tier.ListAsync(CachePattern.All, 1000, default)).Entries.Select(e => e.Key).Should().BeEquivalentTo(keys.Select(k => k.Value));
        (await host.Tier.GetStatusAsync(default)).Status.Should().Be("healthy");
        (await host.Tier.PurgeAsync(CachePattern.Glob("cluster:1*"), default)).Should().Be(111);
        (await host.Tier.PurgeAsync(CachePattern.All, default)).Should().Be(189);
        foreach (var server in Masters)
        {
            ((long)await server.ExecuteAsync("DBSIZE")).Should().Be(0);
        }
    }

    [Fact]
    public async Task Tier_WhenAMasterDies_AnswersEveryCallAndGoesOnWithItsReplica()
    {
        await using var host = await StartAsync();
        await using var other = await StartAsync();
        var hints = 0;
        other.Hints.Subscribe(() => Interlocked.Increment(ref hints));
        var keys = Keys();
        await host.UntilAsync(() => SetAll(host, keys), "all are stored");

        // As a crash does: without a word.
        await Servers[0].StopAsync();
        var died = Stopwatch.GetTimestamp();
        await RedisCluster.UntilAsync(async () =>
        {
            Answers(host, keys).Should().BeLessThan(TimeSpan.FromSeconds(10), "no call waits longer than its bound, and none throws");
            return ((string)(await Servers[3].ExecuteAsync("INFO", "replication"))!).Contains("role:master", StringComparison.Ordinal);
        });
        var promoted = Stopwatch.GetElapsedTime(died);
        await host.UntilAsync(() => SetAll(host, keys) && GetAll(host, keys), "every key is written and read again", limitSeconds: 20);
        output.WriteLine($"Promoted {promoted.TotalSeconds:0.0} s after the death, all keys written and read {Stopwatch.GetElapsedTime(died).TotalSeconds:0.0} s after it");

        var before = Volatile.Read(ref hints);
        await host.UntilAsync(
            () =>
            {
                host.Hints.Publish();
                return Volatile.Read(ref hints) > before;
            },
            "hints arrive again",
            limitSeconds: 20);
        await host.UntilAsync(() => host.Tier.PurgeAsync(CachePattern.All, default).GetAwaiter().GetResult() is not null, "a purge walks every master", limitSeconds: 20);
        foreach (var server in Servers.Skip(1))
        {
            ((long)await server.ExecuteAsync("DBSIZE")).Should().Be(0);
        }

        // It comes back as a replica of the one that took its place.
        await Servers[0].StartAsync();
        await RedisCluster.UntilAsync(async () => ((string)(await Servers[0].ExecuteAsync("INFO", "replication"))!).Contains("role:slave", StringComparison.Ordinal));
        await host.UntilAsync(() => SetAll(host, keys) && GetAll(host, keys) && host.Tier.PurgeAsync(CachePattern.All, default).GetAwaiter().GetResult() == keys.Count, "all is as before", limitSeconds: 20);
    }

    [Fact]
    public async Task Tier_WhenASlotMovesToAnotherMaster_FollowsIt()
    {
        await using var host = await StartAsync();
        var key = Keys()[0];
        await host.UntilAsync(() => SetAll(host, [key]), "it is stored");
        var name = "neurolab:" + key.Value;
        var slot = (int)await Servers[0].ExecuteAsync("CLUSTER", "KEYSLOT", name);
        var (from, to) = (Servers[slot * 3 / RedisCluster.Slots], Servers[((slot * 3 / RedisCluster.Slots) + 1) % 3]);
        await to.ExecuteAsync("CLUSTER", "SETSLOT", slot, "IMPORTING", await RedisCluster.IdAsync(from));
        await from.ExecuteAsync("CLUSTER", "SETSLOT", slot, "MIGRATING", await RedisCluster.IdAsync(to));
        await from.ExecuteAsync("MIGRATE", "127.0.0.1", to.Port, name, 0, 10_000);

        await host.UntilAsync(() => GetAll(host, [key]), "its master says where to ask (ASK)");
        foreach (var server in new[] { to, from })
        {
            await server.ExecuteAsync("CLUSTER", "SETSLOT", slot, "NODE", await RedisCluster.IdAsync(to));
        }

        await host.UntilAsync(() => SetAll(host, [key]) && GetAll(host, [key]), "its old master says where it is now (MOVED)");
        ((bool)await to.ExecuteAsync("EXISTS", name)).Should().BeTrue();
    }

    private static List<CacheKey> Keys() => [.. Enumerable.Range(0, 60).Select(i => CacheKey.Of($"cluster:{i}"))];

    private static bool SetAll(RedisTierHost host, IReadOnlyList<CacheKey> keys) =>
        Task.WhenAll(keys.Select(key => host.Tier.SetAsync(key, RedisTierHost.Entry(key.Value), default).AsTask())).GetAwaiter().GetResult().All(stored => stored);

    private static bool GetAll(RedisTierHost host, IReadOnlyList<CacheKey> keys) =>
        Task.WhenAll(keys.Select(key => host.Tier.GetAsync(key, default).AsTask())).GetAwaiter().GetResult().All(read => read.Outcome == DistributedReadOutcome.Found);

    // Whatever the answers are.
    private static TimeSpan Answers(RedisTierHost host, IReadOnlyList<CacheKey> keys)
    {
        var started = Stopwatch.GetTimestamp();
        _ = SetAll(host, keys);
        _ = GetAll(host, keys);
        return Stopwatch.GetElapsedTime(started);
    }

    private Task<RedisTierHost> StartAsync() =>
        RedisTierHost.StartAsync(_cluster.Url, settings: ("Cache:Redis:HardTimeout", "00:00:01"));
}
