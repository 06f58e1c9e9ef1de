using System.Collections.Concurrent;
using System.Diagnostics;
using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.FaultBench;

/// <summary>Does to a fleet what a fault says, and takes it back.</summary>
internal sealed class FaultInjector(BenchFleet fleet)
{
    /// <summary>How long after the database is back, or a way to it, requests may still be refused: until the breakers have found out and what was tried meanwhile has failed.</summary>
    private static readonly long Aftermath = 6 * Stopwatch.Frequency;

    private readonly ConcurrentDictionary<Fault, (long From, long To)> _troubles = new();
    private readonly ConcurrentDictionary<BenchNode, SemaphoreSlim> _turns = new();

    /// <summary>Whether the database, or a way to it, was in trouble at some time between two moments, or shortly before.</summary>
    public bool MayRefuse(long from, long to) => _troubles.Values.Any(trouble => trouble.From <= to && (trouble.To == long.MaxValue || trouble.To + Aftermath >= from));

    /// <summary>When PostgreSQL was last killed; 0 where it never was.</summary>
    public long LastCrash => _troubles.Where(trouble => trouble.Key is { Part: Part.Postgres, Kind: FaultKind.Kill }).Select(trouble => trouble.Value.From).DefaultIfEmpty().Max();

    /// <summary>Begins the fault, waits for its time, and ends it.</summary>
    public async Task InjectAsync(Fault fault)
    {
        await Task.Delay(TimeSpan.FromSeconds(fault.At));
        if (!fault.IsOfDatabase)
        {
            await CarryOutAsync(fault);
            return;
        }

        var from = Stopwatch.GetTimestamp();
        _troubles[fault] = (from, long.MaxValue);
        await CarryOutAsync(fault);
        _troubles[fault] = (from, Stopwatch.GetTimestamp());
    }

    private async Task CarryOutAsync(Fault fault)
    {
        var length = TimeSpan.FromSeconds(fault.For);
        switch (fault.Part)
        {
            case Part.Redis:
                await RedisAsync(fault, length);
                break;
            case Part.Postgres:
                await PostgresAsync(fault.Kind, length);
                break;
            case Part.Node:
                await NodeAsync(fleet.Nodes[fault.Node], fault.Kind, length);
                break;
            default:
                await LinksAsync(fault, length);
                break;
        }
    }

    /// <summary>One after the other of a node: a plan may stop it again while it still takes its time to stop, and it has one address to listen on.</summary>
    private async Task NodeAsync(BenchNode node, FaultKind kind, TimeSpan length)
    {
        var turn = _turns.GetOrAdd(node, static _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync();
        try
        {
            await InTurnAsync(node, kind, length);
        }
        finally
        {
            turn.Release();
        }
    }

    private static async Task InTurnAsync(BenchNode node, FaultKind kind, TimeSpan length)
    {
        switch (kind)
        {
            case FaultKind.Freeze:
                await node.FreezeAsync();
                await Task.Delay(length);
                await node.ThawAsync();
                return;
            case FaultKind.Kill:
                await node.CrashAsync();
                break;
            default:
                await node.StopAsync();
                break;
        }

        await Task.Delay(length);
        await node.StartAsync();
    }

    private async Task PostgresAsync(FaultKind kind, TimeSpan length)
    {
        var postgres = fleet.Servers.Postgres;
        switch (kind)
        {
            case FaultKind.Freeze:
                postgres.Freeze();
                await Task.Delay(length);
                postgres.Thaw();
                return;
            case FaultKind.OpenTransaction:
                await using (await fleet.Database.OpenWriteAsync())
                {
                    await Task.Delay(length);
                }

                return;
            case FaultKind.Kill:
                await postgres.CrashAsync();
                break;
            default:
                await postgres.StopAsync();
                break;
        }

        await Task.Delay(length);
        await postgres.StartAsync();
    }

    private async Task RedisAsync(Fault fault, TimeSpan length)
    {
        var redis = fleet.Cluster?.Servers[fault.Node] ?? fleet.Redis!;
        switch (fault.Kind)
        {
            case FaultKind.Empty:
                await redis.ExecuteAsync("FLUSHALL");
                break;
            case FaultKind.Full:
                await redis.ExecuteAsync("CONFIG", "SET", "maxmemory-policy", "noeviction");
                await redis.ExecuteAsync("CONFIG", "SET", "maxmemory", "1mb");
                await Task.Delay(length);
                await redis.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
                break;
            case FaultKind.Freeze:
                await redis.FreezeAsync();
                await Task.Delay(length);
                await redis.ThawAsync();
                break;
            case FaultKind.RollBack:
                await redis.ExecuteAsync("SAVE");
                await Task.Delay(length);
                await redis.StopAsync();
                await redis.StartAsync();
                File.Delete(Path.Combine(redis.Folder, "dump.rdb"));
                break;
            case FaultKind.FailOver:
                await FailOverAsync(redis, length);
                break;
            default:
                // Redis keeps nothing here, so a restart is a kill.
                await redis.StopAsync();
                await Task.Delay(length);
                await redis.StartAsync();
                break;
        }
    }

    /// <summary>The replica hears nothing of its master for a while before that dies: what was written meanwhile never reaches it.</summary>
    private async Task FailOverAsync(RedisServer master, TimeSpan lag)
    {
        var replica = await RedisServer.StartNewAsync(arguments: ["--repl-diskless-sync-delay", "0"]);
        fleet.Redis = replica;
        // Not a replica that is frozen: what the kernel has taken for it by then it would read when it is let go.
        await using var link = new TcpProxy(master.Port);
        await replica.ExecuteAsync("REPLICAOF", "127.0.0.1", link.Port);
        await RedisCluster.UntilAsync(async () => ((string)(await replica.ExecuteAsync("INFO", "replication"))!).Contains("master_link_status:up", StringComparison.Ordinal));
        link.BlackHole();
        await Task.Delay(lag);
        await master.ExecuteAsync("SET", "bench:last", "1");
        await master.StopAsync();
        await replica.ExecuteAsync("REPLICAOF", "NO", "ONE");
        ((int)await replica.ExecuteAsync("EXISTS", "bench:last")).Should().Be(0, "the replica lacks what came last");
        foreach (var node in fleet.Nodes)
        {
            node.Redis!.Target = replica.Port;
            node.Redis.Drop();
        }
    }

    private async Task LinksAsync(Fault fault, TimeSpan length)
    {
        var proxies = fleet.Nodes.Where(node => fault.Node < 0 || node.Number == fault.Node)
            .Select(node => fault.Part == Part.RedisLink ? node.Redis! : node.Postgres).ToList();
        foreach (var proxy in proxies)
        {
            Disturb(proxy, fault);
        }

        await Task.Delay(length);
        foreach (var proxy in proxies)
        {
            proxy.Restore();
        }
    }

    private static void Disturb(TcpProxy proxy, Fault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.Slow:
                // Redis: 200 ms an answer, there and back. PostgreSQL takes several exchanges for a request.
                proxy.Delay = TimeSpan.FromMilliseconds(fault.Part == Part.RedisLink ? 100 : 20);
                break;
            case FaultKind.Throttle:
                proxy.BytesPerSecond = 20_000;
                break;
            case FaultKind.Corrupt:
                proxy.CorruptOneIn = 50;
                break;
            case FaultKind.Cut:
                proxy.Cut();
                break;
            case FaultKind.Split:
                proxy.BlackHole();
                break;
            case FaultKind.HalfOpen:
                proxy.SwallowAnswers();
                break;
            case FaultKind.CutSubscriptions:
                proxy.DropSubscriptions();
                break;
            case FaultKind.HalfOpenSubscriptions:
                proxy.SwallowSubscriptions();
                break;
            default:
                throw new InvalidOperationException($"{fault.Kind} is not done to a link.");
        }
    }
}
