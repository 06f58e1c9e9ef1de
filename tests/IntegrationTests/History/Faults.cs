using System.Collections.Concurrent;
using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.History;

/// <summary>
/// Trouble at random while a workload runs: one line of it for the nodes, one for their clocks, one for Redis, one for the database, each with one thing after the other
/// and a little quiet between. When it is told to end, everything stands again.
/// </summary>
internal sealed class Faults(Fleet fleet, int seed, int longestPause)
{
    private readonly ConcurrentDictionary<string, int> _done = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>What was done how often.</summary>
    public string Summary => string.Join(", ", _done.OrderBy(done => done.Key, StringComparer.Ordinal).Select(done => $"{done.Key} {done.Value}"));

    /// <summary>Makes trouble while something runs.</summary>
    public async Task DuringAsync(Task run)
    {
        var trouble = Task.WhenAll(
            LineAsync(new Random(unchecked(seed * 4)), PauseAsync),
            LineAsync(new Random(unchecked((seed * 4) + 3)), ClockAsync),
            fleet.Redis is { } redis ? LineAsync(new Random(unchecked((seed * 4) + 1)), random => RedisAsync(redis, random)) : Task.CompletedTask,
            LineAsync(new Random(unchecked((seed * 4) + 2)), DatabaseAsync));
        try
        {
            await run;
        }
        finally
        {
            await _stopping.CancelAsync();
            await trouble;
        }
    }

    private async Task LineAsync(Random random, Func<Random, Task> fault)
    {
        await Task.Yield();
        while (!_stopping.IsCancellationRequested)
        {
            await QuietAsync(random.Next(200, 900));
            if (!_stopping.IsCancellationRequested)
            {
                await fault(random);
            }
        }
    }

    private async Task PauseAsync(Random random)
    {
        Count("pauses");
        var node = fleet.Nodes[random.Next(fleet.Nodes.Count)];
        await node.PauseAsync();
        await QuietAsync(random.Next(4) == 0 ? random.Next(1000, longestPause) : random.Next(200, 1000));
        await node.ContinueAsync();
    }

    /// <summary>By an hour either way, mostly: then the clocks of two nodes are two hours apart.</summary>
    private async Task ClockAsync(Random random)
    {
        Count("clock jumps");
        await fleet.Nodes[random.Next(fleet.Nodes.Count)].RunAsync(new Op(OpKind.SetClock)
        {
            Number = random.Next(5) switch { 0 or 1 => -3600, 2 or 3 => 3600, _ => random.Next(-3600, 3601) },
        });
    }

    private async Task RedisAsync(RedisServer redis, Random random)
    {
        switch (random.Next(6))
        {
            case 0:
                Count("Redis emptied");
                await redis.ExecuteAsync("FLUSHALL");
                break;
            case 1:
                Count("Redis killed");
                await redis.StopAsync();
                File.Delete(Path.Combine(redis.Folder, "dump.rdb"));
                await QuietAsync(random.Next(300));
                await redis.StartAsync();
                break;
            case 2 or 3:
                Count("Redis rolled back");
                await redis.ExecuteAsync("SAVE");
                await QuietAsync(random.Next(300, 1500));
                await redis.StopAsync();
                await redis.StartAsync();
                break;
            case 4:
                Count("Redis frozen");
                await redis.FreezeAsync();
                await QuietAsync(random.Next(200, 1200));
                await redis.ThawAsync();
                break;
            default:
                Count("hints lost");
                await redis.ExecuteAsync("CLIENT", "KILL", "TYPE", "pubsub");
                break;
        }
    }

    private async Task DatabaseAsync(Random random)
    {
        var node = fleet.Nodes[random.Next(fleet.Nodes.Count)];
        switch (random.Next(3))
        {
            case 0:
                Count("database links cut");
                await fleet.Database.DisconnectAsync(node.Name);
                break;
            case 1:
                Count("node shut out of the database");
                await fleet.Database.ShutOutAsync(node.Name);
                await QuietAsync(random.Next(300, 1500));
                await fleet.Database.LetInAsync(node.Name);
                break;
            default:
                Count("journal locked");
                await fleet.Database.LockJournalAsync(TimeSpan.FromMilliseconds(random.Next(200, 900)));
                break;
        }
    }

    private void Count(string what) => _done.AddOrUpdate(what, 1, static (_, count) => count + 1);

    private Task QuietAsync(int milliseconds) => Task.Delay(milliseconds, _stopping.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
}
