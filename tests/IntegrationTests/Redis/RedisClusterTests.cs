using System.Diagnostics;
using System.Globalization;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.IntegrationTests.Fixtures;
using Xunit.Abstractions;

namespace NeuroLab.IntegrationTests.Redis;

/// <summary>Three masters that share the slots, and a replica of the first.</summary>
public sealed class RedisClusterTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Slots = 16384;
    private readonly List<RedisServer> _servers = [];

    private IEnumerable<RedisServer> Masters => _servers.Take(3);

    public async Task InitializeAsync()
    {
        try
        {
            await FormAsync();
        }
        catch
        {
            // Nobody else does, where the beginning fails.
            await DisposeAsync();
            throw;
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    private async Task FormAsync()
    {
        for (var i = 0; i < 4; i++)
        {
            // The bus has a port of its own: by default 10,000 above, which may be past the last.
            _servers.Add(await RedisServer.StartNewAsync(arguments:
            [
                "--cluster-enabled", "yes", "--cluster-port", RedisServer.FreePort().ToString(CultureInfo.InvariantCulture), "--cluster-require-full-coverage", "no",
                "--cluster-node-timeout", "1500", "--cluster-replica-validity-factor", "0", "--repl-diskless-sync-delay", "0", "--cluster-migration-barrier", "9",
            ]));
        }

        for (var i = 0; i < 3; i++)
        {
            await _servers[i].ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", Slots * i / 3, (Slots * (i + 1) / 3) - 1);
            await _servers[i].ExecuteAsync("CLUSTER", "SET-CONFIG-EPOCH", i + 1);
        }

        for (var i = 1; i < 4; i++)
        {
            var busPort = (string[])(await _servers[i].ExecuteAsync("CONFIG", "GET", "cluster-port"))!;
            await _servers[0].ExecuteAsync("CLUSTER", "MEET", "127.0.0.1", _servers[i].Port, busPort[1]);
        }

        await UntilAsync(async () =>
        {
            var infos = await Task.WhenAll(_servers.Select(server => server.ExecuteAsync("CLUSTER", "INFO")));
            return infos.All(info => ((string)info!).Contains("cluster_known_nodes:4", StringComparison.Ordinal) && ((string)info!).Contains("cluster_slots_assigned:16384", StringComparison.Ordinal));
        });
        await _servers[3].ExecuteAsync("CLUSTER", "REPLICATE", await IdAsync(_servers[0]));
        await UntilAsync(async () => ((string)(await _servers[3].ExecuteAsync("INFO", "replication"))!).Contains("master_link_status:up", StringComparison.Ordinal));
    }

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
        (await host.Tier.ListAsync(CachePattern.All, 1000, default)).Select(e => e.Key).Should().BeEquivalentTo(keys.Select(k => k.Value));
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
        await _servers[0].StopAsync();
        var died = Stopwatch.GetTimestamp();
        await UntilAsync(async () =>
        {
            Answers(host, keys).Should().BeLessThan(TimeSpan.FromSeconds(10), "no call waits longer than its bound, and none throws");
            return ((string)(await _servers[3].ExecuteAsync("INFO", "replication"))!).Contains("role:master", StringComparison.Ordinal);
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
        foreach (var server in _servers[1..])
        {
            ((long)await server.ExecuteAsync("DBSIZE")).Should().Be(0);
        }

        // It comes back as a replica of the one that took its place.
        await _servers[0].StartAsync();
        await UntilAsync(async () => ((string)(await _servers[0].ExecuteAsync("INFO", "replication"))!).Contains("role:slave", StringComparison.Ordinal));
        await host.UntilAsync(() => SetAll(host, keys) && GetAll(host, keys) && host.Tier.PurgeAsync(CachePattern.All, default).GetAwaiter().GetResult() == keys.Count, "all is as before", limitSeconds: 20);
    }

    [Fact]
    public async Task Tier_WhenASlotMovesToAnotherMaster_FollowsIt()
    {
        await using var host = await StartAsync();
        var key = Keys()[0];
        await host.UntilAsync(() => SetAll(host, [key]), "it is stored");
        var name = "neurolab:" + key.Value;
        var slot = (int)await _servers[0].ExecuteAsync("CLUSTER", "KEYSLOT", name);
        var (from, to) = (_servers[slot * 3 / Slots], _servers[((slot * 3 / Slots) + 1) % 3]);
        await to.ExecuteAsync("CLUSTER", "SETSLOT", slot, "IMPORTING", await IdAsync(from));
        await from.ExecuteAsync("CLUSTER", "SETSLOT", slot, "MIGRATING", await IdAsync(to));
        await from.ExecuteAsync("MIGRATE", "127.0.0.1", to.Port, name, 0, 10_000);

        await host.UntilAsync(() => GetAll(host, [key]), "its master says where to ask (ASK)");
        foreach (var server in new[] { to, from })
        {
            await server.ExecuteAsync("CLUSTER", "SETSLOT", slot, "NODE", await IdAsync(to));
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

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            await Task.Delay(50, limit.Token);
        }
    }

    private static async Task<string> IdAsync(RedisServer server) => (string)(await server.ExecuteAsync("CLUSTER", "MYID"))!;

    private Task<RedisTierHost> StartAsync() =>
        RedisTierHost.StartAsync($"redis://{string.Join(',', _servers.Select(server => server.Address))}", settings: ("Cache:Redis:HardTimeout", "00:00:01"));
}
