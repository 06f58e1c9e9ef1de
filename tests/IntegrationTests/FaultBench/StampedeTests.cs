using System.Diagnostics;
using System.Globalization;
using NeuroLab.IntegrationTests.EndToEnd;
using NeuroLab.Tests;
using Xunit.Abstractions;

namespace NeuroLab.IntegrationTests.FaultBench;

/// <summary>Many users and a database that is away for a while, or a cache that is empty: everybody is answered, and the database is spared.</summary>
[Collection(FaultBenchCollection.Name)]
public sealed class StampedeTests(Servers servers, ITestOutputHelper output)
{
    private const int ReadsAtOnce = 20;
    private const int UsersAtOnce = 120;
    private static readonly int Users = TestSize.Of(UsersAtOnce, 1000);
    private static readonly ReadKind[] Dashboards = [ReadKind.Summary, ReadKind.Charts, ReadKind.Recent];

    [Fact]
    public async Task WarmUsers_WhenTheDatabaseIsDown_AreAllAnsweredStaleAndLoadEachKeyOnceAfterwards()
    {
        var (outage, timeToLive) = (TimeSpan.FromSeconds(TestSize.Of(12, 60)), TestSize.Of(12, 30));
        await using var fleet = await BenchFleet.StartAsync(servers, new FleetPlan(Nodes: 2, Users: Users, ExperimentsEach: 3)
        {
            // Part of the copies expires meanwhile, so both ways are gone: not verified, and loads that fail.
            // Redis is given time on a machine that everything shares: across nodes a key is loaded once while Redis answers.
            Settings = Servers.With(new() { ["CACHE_DEFAULT_TTL"] = timeToLive.ToString(CultureInfo.InvariantCulture) }, [Servers.PatientWithRedis]),
        });
        var (began, down, gone, up) = (Stopwatch.GetTimestamp(), 0L, 0L, 0L);
        var traffic = new Traffic(
            fleet, new TrafficPlan { WriteOneIn = 0, Reads = Dashboards, MayRefuse = static (_, _) => true, LastCrash = () => Volatile.Read(ref up) }, seed: 1);
        await traffic.WarmAsync();
        try
        {
            await traffic.WhileAsync(async () =>
            {
                await Task.Delay(TimeSpan.FromSeconds(TestSize.Of(5, 30)));
                down = Stopwatch.GetTimestamp();
                await servers.Postgres.CrashAsync();
                gone = Stopwatch.GetTimestamp();
                await Task.Delay(outage);
            });
        }
        finally
        {
            Volatile.Write(ref up, Stopwatch.GetTimestamp());
            await servers.Postgres.StartAsync();
        }

        // A node cannot use what another one loads under a state of the journal that it has not read itself, and loads it once more: all have read it before anybody comes.
        var back = Stopwatch.GetTimestamp();
        foreach (var node in fleet.Nodes)
        {
            await Until.AsWantedAsync(() => node.FigureAsync("journal_verified_age_seconds"), age => age < Stopwatch.GetElapsedTime(back).TotalSeconds, TimeSpan.FromSeconds(30));
        }

        // What is loaded from here on is asked for from here on: the keys of before are no room for second loads.
        traffic.ForgetKeys();
        var earlierStoreFailures = await StoreFailuresAsync(fleet);
        var (loads, failures) = await LoadsAsync(fleet);
        var counting = Stopwatch.GetTimestamp();

        // Many come at once, to both nodes; not so many that a load waits for its turn at the database for longer than others wait for it.
        var most = await BusiestAsync(fleet, () => Task.WhenAll(fleet.Users.Take(UsersAtOnce).SelectMany(user => fleet.Nodes.Select(node => traffic.ReadAllAsync(node, user)))));
        var (laterLoads, laterFailures) = await LoadsAsync(fleet);
        var after = Stopwatch.GetElapsedTime(counting);

        // A node may call copies fresh for two seconds after its last reading of the journal; what was asked for then may be answered a little later.
        var marked = gone + (3 * Stopwatch.Frequency);
        var (healthy, during) = (Between(began, down), Between(marked, up).FindAll(seen => seen.Ended < up));
        var open = traffic.Tally.Seen.Where(seen => seen.StaleReason == "circuit_open").Select(seen => seen.At).DefaultIfEmpty(marked).Min();
        var storeFailures = await StoreFailuresAsync(fleet) - earlierStoreFailures;
        var (succeeded, keys) = (laterLoads - loads - (laterFailures - failures), await traffic.KeysLoadedAsync());

        // Where it took so long that a value which was loaded in it could end (it is renewed a tenth early, and may live a tenth less: its jitter), it is loaded once more.
        // And where a store that a stall held up gave no answer, a node could have no lock, or could not judge what another one had loaded: each loads for itself.
        var loadsOfAKey = (1 + (int)(after.TotalSeconds / (0.9 * 0.9 * timeToLive))) * (storeFailures > 0 ? fleet.Nodes.Count : 1);
        var (before, then) = (P99(began, down), P99(Math.Max(open, marked), up));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Users} users, down for {outage.TotalSeconds:0} s: {during.Count} answers, {during.GroupBy(seen => seen.StaleReason).Select(g => $"{g.Key} {g.Count()}").Aggregate((a, b) => $"{a}, {b}")}; p99 {then.TotalMilliseconds:0.0} ms with the breaker open, {before.TotalMilliseconds:0.0} ms in health: {then / before:0.00}"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"after its return: {succeeded} loads of {keys} keys in {after.TotalSeconds:0.0} s, {most} loads at once at most; Redis or the journal failed {storeFailures} times"));

        traffic.Tally.Examples().Should().BeEmpty();
        healthy.Should().HaveCountGreaterThan(500).And.OnlyContain(seen => seen.Status == 200);
        during.Should().HaveCountGreaterThan(500).And.OnlyContain(seen => seen.Status == 200 && seen.IsStale);
        during.Select(seen => seen.StaleReason).Should().Contain("unverified").And.Contain("circuit_open");
        succeeded.Should().BeInRange(1, keys * loadsOfAKey, "each key is loaded once, on whichever node");
        most.Should().BeInRange(1, ReadsAtOnce * fleet.Nodes.Count, "each node loads so many at once at most");

        List<Seen> Between(long from, long to) => [.. traffic.Tally.Seen.Where(seen => seen.At >= from && seen.At < to)];

        TimeSpan P99(long from, long to) => traffic.Tally.Percentile(0.99, seen => seen.At >= from && seen.At < to);
    }

    [Fact]
    public async Task ManyUsers_WhenThreeNodesStartCold_AreAnsweredAndTheDatabaseIsSpared()
    {
        await using var fleet = await BenchFleet.StartAsync(servers, new FleetPlan(Nodes: 3, Users: Users, ExperimentsEach: 3)
        {
            // A try that is given up leaves its statement behind for a moment, and one more is executed: on a machine that everything shares a try takes its time.
            Settings = new Dictionary<string, string>
            {
                ["Cache__Database__AttemptTimeout"] = "00:00:30", ["Cache__Database__TotalTimeout"] = "00:00:30", ["Cache__HardTimeout"] = "00:01:00",
            },
        });
        var slow = TimeSpan.FromSeconds(40);
        var traffic = new Traffic(fleet, new TrafficPlan { WriteOneIn = 0, Reads = Dashboards, Bound = slow, CopyBound = slow }, seed: 1);
        await Until.AsWantedAsync(fleet.Database.ActiveAsync, active => active == 0, slow);

        // Everybody comes at once, and reads all dashboards; the stream is beside that.
        var most = await BusiestAsync(fleet, () => traffic.WhileAsync(
            () => Task.WhenAll(fleet.Users.Select((user, i) => traffic.ReadAllAsync(fleet.Nodes[i % fleet.Nodes.Count], user)))));

        var loads = await LoadsAsync(fleet);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Users} users at 3 cold nodes: {traffic.Tally.Count} answers, longest {traffic.Tally.Percentile(1, _ => true).TotalSeconds:0.00} s, p99 {traffic.Tally.Percentile(0.99, _ => true).TotalSeconds:0.00} s; {loads.Loads} loads, {most} loads at once at most"));
        traffic.Tally.Examples().Should().BeEmpty();
        loads.Failures.Should().Be(0);
        most.Should().BeInRange(1, ReadsAtOnce * fleet.Nodes.Count);
    }

    private static async Task<double> StoreFailuresAsync(BenchFleet fleet) => (await Task.WhenAll(
        fleet.Nodes.SelectMany(node => new[] { node.FigureAsync("redis_failures_total"), node.FigureAsync("journal_read_failures_total") }))).Sum();

    private static async Task<(long Loads, long Failures)> LoadsAsync(BenchFleet fleet)
    {
        var (loads, failures) = (0L, 0L);
        foreach (var node in fleet.Nodes)
        {
            var (begun, failed) = await node.LoadsAsync();
            (loads, failures) = (loads + begun, failures + failed);
        }

        return (loads, failures);
    }

    /// <summary>The most statements of loads that the database executes at once while something is done, looked at again and again.</summary>
    private static async Task<int> BusiestAsync(BenchFleet fleet, Func<Task> action)
    {
        using var stop = new CancellationTokenSource();
        var watching = WatchAsync(fleet, stop.Token);
        try
        {
            await action();
        }
        finally
        {
            await stop.CancelAsync();
        }

        return await watching;
    }

    private static async Task<int> WatchAsync(BenchFleet fleet, CancellationToken stop)
    {
        var most = 0;
        while (!stop.IsCancellationRequested)
        {
            most = Math.Max(most, await fleet.Database.ActiveAsync());
            await Task.Delay(5, CancellationToken.None);
        }

        return most;
    }
}
