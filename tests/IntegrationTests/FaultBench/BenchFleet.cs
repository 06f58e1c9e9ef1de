using System.Globalization;
using NeuroLab.IntegrationTests.EndToEnd;
using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.FaultBench;

/// <summary>Tests that disturb real processes under load. They measure times, so nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FaultBenchCollection : ICollectionFixture<Servers>
{
    public const string Name = "fault bench";
}

/// <summary>Which Redis a fleet has.</summary>
internal enum RedisKind
{
    None,
    Single,
    Cluster,
}

/// <summary>What a fleet is made of.</summary>
/// <param name="Nodes">How many nodes of the service.</param>
/// <param name="Redis">Which Redis they share.</param>
/// <param name="Users">How many users there are.</param>
/// <param name="ExperimentsEach">How many experiments each has at first.</param>
internal sealed record FleetPlan(int Nodes = 3, RedisKind Redis = RedisKind.Single, int Users = 200, int ExperimentsEach = 5)
{
    /// <summary>Settings of the nodes beside their usual ones.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}

/// <summary>Nodes of the service over a new database of a real PostgreSQL, and over a real Redis, a cluster of it, or none; each with proxies of its own between.</summary>
internal sealed class BenchFleet : IAsyncDisposable
{
    private readonly List<BenchNode> _nodes = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("neurolab-bench-");

    private BenchFleet(Servers servers, BenchDatabase database, RedisCluster? cluster) => (Servers, Database, Cluster) = (servers, database, cluster);

    public Servers Servers { get; }

    public BenchDatabase Database { get; }

    public RedisCluster? Cluster { get; }

    /// <summary>The Redis that the nodes use now: a replica may have taken its place. Null where there is none, or a cluster.</summary>
    public RedisServer? Redis { get; set; }

    public IReadOnlyList<BenchNode> Nodes => _nodes;

    public IReadOnlyList<BenchUser> Users { get; private set; } = [];

    /// <summary>Starts one, with its users, and waits until every node is ready.</summary>
    public static async Task<BenchFleet> StartAsync(Servers servers, FleetPlan plan)
    {
        var cluster = plan.Redis == RedisKind.Cluster ? new RedisCluster() : null;
        if (cluster is not null)
        {
            await cluster.InitializeAsync();
        }

        var fleet = new BenchFleet(servers, await BenchDatabase.CreateAsync(servers.Postgres), cluster);
        try
        {
            if (plan.Redis == RedisKind.Single)
            {
                fleet.Redis = servers.Redis;
                await servers.Redis.ExecuteAsync("FLUSHALL");
            }

            for (var number = 0; number < plan.Nodes; number++)
            {
                fleet._nodes.Add(new BenchNode(number, servers.Postgres.Port, fleet.Database.ConnectionString, fleet.Redis?.Port, fleet.SettingsOf(plan)));
            }

            // One after the other: the first makes the schema, and a start takes a core.
            foreach (var node in fleet._nodes)
            {
                await node.StartAsync();
                await node.ReadyAsync();
            }

            fleet.Users = await fleet.Database.AddUsersAsync(plan.Users, plan.ExperimentsEach);
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        if (Redis is not null && Redis != Servers.Redis)
        {
            await Redis.DisposeAsync();
            // The one that died in its favour: the next fleet begins with it.
            await Servers.Redis.StopAsync();
            await Servers.Redis.StartAsync();
        }

        if (Cluster is not null)
        {
            await Cluster.DisposeAsync();
        }

        await Database.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private Dictionary<string, string> SettingsOf(FleetPlan plan)
    {
        var settings = new Dictionary<string, string>
        {
            ["DATA_DIR"] = _folder.CreateSubdirectory(_nodes.Count.ToString(CultureInfo.InvariantCulture)).FullName,
            ["RATE_LIMIT_PER_MINUTE"] = "0",
            ["Authentication__Jwt__Secret"] = BenchUser.Secret,
            ["Authentication__AdminApiKey"] = BenchUser.AdminKey,
            ["CACHE_MEMORY_MAX_SIZE"] = "20000",
            ["Logging__LogLevel__Default"] = "Warning",
        };
        if (Cluster is not null)
        {
            settings["REDIS_URL"] = Cluster.Url;
        }

        foreach (var (name, value) in plan.Settings)
        {
            settings[name] = value;
        }

        return settings;
    }
}
