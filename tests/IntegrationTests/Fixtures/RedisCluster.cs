using System.Globalization;

namespace NeuroLab.IntegrationTests.Fixtures;

/// <summary>A real Redis Cluster: three masters that share the slots, and a replica of the first.</summary>
public sealed class RedisCluster : IAsyncLifetime
{
    public const int Slots = 16384;
    private const int MasterCount = 3;

    private readonly List<RedisServer> _servers = [];

    /// <summary>The masters as they were at first, then the replica.</summary>
    public IReadOnlyList<RedisServer> Servers => _servers;

    public IEnumerable<RedisServer> Masters => _servers.Take(MasterCount);

    /// <summary>Names all of them, as <c>REDIS_URL</c> does.</summary>
    public string Url => $"redis://{string.Join(',', _servers.Select(server => server.Address))}";

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

    public static async Task<string> IdAsync(RedisServer server) => (string)(await server.ExecuteAsync("CLUSTER", "MYID"))!;

    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            await Task.Delay(50, limit.Token);
        }
    }

    private async Task FormAsync()
    {
        for (var i = 0; i <= MasterCount; i++)
        {
            // The bus has a port of its own: by default 10,000 above, which may be past the last.
            _servers.Add(await RedisServer.StartNewAsync(arguments:
            [
                "--cluster-enabled", "yes", "--cluster-port", Ports.Free().ToString(CultureInfo.InvariantCulture), "--cluster-require-full-coverage", "no",
                "--cluster-node-timeout", "1500", "--cluster-replica-validity-factor", "0", "--repl-diskless-sync-delay", "0", "--cluster-migration-barrier", "9",
            ]));
        }

        for (var i = 0; i < MasterCount; i++)
        {
            await _servers[i].ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", Slots * i / MasterCount, (Slots * (i + 1) / MasterCount) - 1);
            await _servers[i].ExecuteAsync("CLUSTER", "SET-CONFIG-EPOCH", i + 1);
        }

        for (var i = 1; i <= MasterCount; i++)
        {
            var busPort = (string[])(await _servers[i].ExecuteAsync("CONFIG", "GET", "cluster-port"))!;
            await _servers[0].ExecuteAsync("CLUSTER", "MEET", "127.0.0.1", _servers[i].Port, busPort[1]);
        }

        await UntilAsync(async () =>
        {
            var infos = await Task.WhenAll(_servers.Select(server => server.ExecuteAsync("CLUSTER", "INFO")));
            return infos.All(info => ((string)info!).Contains("cluster_known_nodes:4", StringComparison.Ordinal) && ((string)info!).Contains("cluster_slots_assigned:16384", StringComparison.Ordinal));
        });
        await _servers[MasterCount].ExecuteAsync("CLUSTER", "REPLICATE", await IdAsync(_servers[0]));
        await UntilAsync(async () => ((string)(await _servers[MasterCount].ExecuteAsync("INFO", "replication"))!).Contains("master_link_status:up", StringComparison.Ordinal));
    }
}
