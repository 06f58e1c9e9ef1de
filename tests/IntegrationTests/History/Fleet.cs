using System.Globalization;
using NeuroLab.IntegrationTests.EndToEnd;
using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.History;

/// <summary>Several nodes over one new database, and over one Redis or none.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    /// <summary>The verification window of the nodes.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMilliseconds(500);

    private readonly List<NodeProcess> _nodes = [];

    private Fleet(HistoryDatabase database, RedisServer? redis) => (Database, Redis) = (database, redis);

    public IReadOnlyList<NodeProcess> Nodes => _nodes;

    public HistoryDatabase Database { get; }

    public RedisServer? Redis { get; }

    /// <summary>Starts one.</summary>
    /// <param name="servers">The servers.</param>
    /// <param name="nodes">How many nodes.</param>
    /// <param name="redis">Whether the nodes know of Redis.</param>
    /// <param name="settings">Settings of the nodes beside their usual ones.</param>
    public static async Task<Fleet> StartAsync(Servers servers, int nodes, bool redis, params (string Name, string Value)[] settings)
    {
        var fleet = new Fleet(await HistoryDatabase.CreateAsync(servers.Postgres), redis ? servers.Redis : null);
        try
        {
            if (redis)
            {
                await servers.Redis.ExecuteAsync("FLUSHALL");
            }

            var ways = new List<string>();
            for (var i = 0; i < nodes; i++)
            {
                ways.Add(await fleet.Database.ConnectionStringOfAsync(NameOf(i)));
            }

            fleet._nodes.AddRange(await Task.WhenAll(ways.Select((way, i) =>
                NodeProcess.StartAsync(NameOf(i), SettingsOf(way, fleet.Redis, settings)))));
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

        await Database.DisposeAsync();
    }

    private static string NameOf(int node) => string.Create(CultureInfo.InvariantCulture, $"node{node}");

    /// <summary>Short times, so that much happens in a short run, and a memory that holds half of the registers.</summary>
    private static Dictionary<string, string> SettingsOf(string connectionString, RedisServer? redis, (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings:Postgres"] = connectionString,
            ["Cache:VerificationWindow"] = Window.ToString("c", CultureInfo.InvariantCulture),
            ["Cache:JournalPoll"] = "00:00:00.1",
            ["Cache:MemoryMaxSize"] = "60",
            ["Cache:MemoryTtlCap"] = "00:00:01",
            ["Cache:PromotionTtl"] = "00:00:00.5",
            ["Cache:CleanupInterval"] = "00:00:01",
            ["Cache:SoftTimeout"] = "00:00:00.1",
            ["Cache:HardTimeout"] = "00:00:02",
            ["Cache:FailureThrottle"] = "00:00:00.2",
            ["Cache:PartialTtl"] = "00:00:00.3",
            ["Cache:LoadLock"] = "00:00:02",
            ["Cache:EagerRefresh"] = "0.5",
            ["Cache:MaxRecords"] = "100",
            ["Cache:Database:StartupWait"] = "00:01:00",
            ["Cache:Database:AttemptTimeout"] = "00:00:01",
            ["Cache:Database:TotalTimeout"] = "00:00:02",
            ["Cache:Database:BreakerSamplingDuration"] = "00:00:02",
            ["Cache:Database:BreakerProbeInterval"] = "00:00:00.1",
            ["Cache:Redis:Breaker:SamplingDuration"] = "00:00:02",
            ["Cache:Redis:Breaker:ProbeInterval"] = "00:00:00.1",
        };
        if (redis is not null)
        {
            settings["REDIS_URL"] = redis.Url;
        }

        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        return settings;
    }
}
