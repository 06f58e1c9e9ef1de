using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using NeuroLab.IntegrationTests.EndToEnd;
using NeuroLab.Tests;

namespace NeuroLab.IntegrationTests.FaultBench;

/// <summary>A stream of requests while a plan of faults is carried out, and what came of it.</summary>
internal sealed partial class FaultRun
{
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan WriteLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    private FaultRun(FaultPlan plan, Tally tally, IReadOnlyDictionary<string, int> logged, TimeSpan? healed)
    {
        (Plan, Tally, Logged, Healed) = (plan, tally, logged, healed);
    }

    public FaultPlan Plan { get; }

    public Tally Tally { get; }

    /// <summary>Warnings and worse that the nodes wrote: their event and how often.</summary>
    public IReadOnlyDictionary<string, int> Logged { get; }

    /// <summary>How long after the end of the last fault the last answer came that was stale or an error; null where there was none.</summary>
    public TimeSpan? Healed { get; }

    /// <summary>Carries out a plan, and lets all come to rest.</summary>
    public static async Task<FaultRun> RunAsync(Servers servers, FaultPlan plan, int seed)
    {
        await using var fleet = await BenchFleet.StartAsync(servers, plan.Fleet);
        var injector = new FaultInjector(fleet);

        // Half as many where it is one of many tests: two cold nodes on a machine that does something else as well would be at their limit, and what they refuse then is no fault.
        var traffic = new Traffic(fleet, new TrafficPlan { PerSecond = TestSize.Of(150, 300), MayRefuse = injector.MayRefuse, LastCrash = () => injector.LastCrash }, seed);
        await traffic.WarmAsync();
        var over = 0L;
        await traffic.WhileAsync(async () =>
        {
            await Task.WhenAll(plan.Faults.Select(injector.InjectAsync));
            over = Stopwatch.GetTimestamp();
            await Task.Delay(TimeSpan.FromSeconds(plan.Calm));
        });
        await SettleAsync(fleet, traffic.Tally);
        return new FaultRun(plan, traffic.Tally, LoggedBy(fleet), traffic.Tally.HealedAfter(over));
    }

    /// <summary>Waits until every node answers every user fresh and as the database has it, and looks for lost writes.</summary>
    public static async Task SettleAsync(BenchFleet fleet, Tally tally)
    {
        var there = await fleet.Database.ExperimentsAsync();
        foreach (var user in fleet.Users)
        {
            foreach (var item in user.Ledger.Items.Where(item => item.Id is not null))
            {
                var isThere = there.TryGetValue(item.Id!.Value, out var name);
                if (isThere ? item.Deleted is { IsAcknowledged: true } : item.Deleted is null)
                {
                    tally.Breach(Breach.LostWrite, $"{item.Name} of {user.Name}: {(isThere ? "there, and its deletion was acknowledged" : "gone, and was never deleted")}");
                }

                if (isThere && item.Renamed is { IsAcknowledged: true } && name != item.NewName)
                {
                    tally.Breach(Breach.LostWrite, $"{item.Name} of {user.Name}: is named {name}, and its renaming to {item.NewName} was acknowledged");
                }
            }
        }

        var started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(fleet.Nodes, async (node, _) =>
        {
            using var api = new Api(node.Address);
            api.Authorize(fleet.Users[node.Number].Authorization);
            await Until.AsWantedAsync(
                async () => (await api.PostAsync("/api/experiments", new { name = fleet.Users[node.Number].NewName(), experiment_type = "memory" })).Status,
                status => status == HttpStatusCode.Created,
                WriteLimit);
            foreach (var user in fleet.Users)
            {
                api.Authorize(user.Authorization);
                await SettleAsync(fleet, node, user, api, started, tally);
            }
        });
    }

    private static async Task SettleAsync(BenchFleet fleet, BenchNode node, BenchUser user, Api api, long started, Tally tally)
    {
        var (count, counted) = (await fleet.Database.CountAsync(user.Id), Stopwatch.GetTimestamp());
        while (true)
        {
            var asked = Stopwatch.GetTimestamp();
            var answer = await api.SummaryAsync();
            var isFresh = answer.Status == HttpStatusCode.OK && !answer.IsStale;
            if (isFresh && answer.Total == count)
            {
                return;
            }

            // A commit of unknown outcome may come late.
            var now = await fleet.Database.CountAsync(user.Id);
            if (now != count)
            {
                (count, counted) = (now, Stopwatch.GetTimestamp());
            }
            else if (isFresh && Stopwatch.GetElapsedTime(counted, asked) > Window)
            {
                tally.Breach(Breach.StaleUnmarked, $"Summary of {user.Name} at node {node.Number} when all was quiet: {answer.Total}, and there are {count}");
                return;
            }

            Stopwatch.GetElapsedTime(started).Should().BeLessThan(SettleLimit, "every node answers fresh by then, and the last answer was {0}", answer);
            await Task.Delay(20);
        }
    }

    /// <summary>The run in lines.</summary>
    public IEnumerable<string> Lines()
    {
        var seen = Tally.Seen;
        var reads = seen.Where(s => !s.IsWrite).ToList();
        yield return $"{Plan.Name}: {string.Join("; ", Plan.Faults)}";
        yield return $"  {seen.Count} answers; reads: {Counts(reads.Where(s => s.Status == 200).Select(s => s.StaleReason is null ? s.Source! : $"stale {s.StaleReason}"))}; "
            + $"refused: {Counts(seen.Where(s => s.Status >= 400).Select(s => $"{(s.IsWrite ? "write" : "read")} {s.Status}"))}";
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"  reads p50 {Ms(0.5)}, p99 {Ms(0.99)}, longest {Ms(1)}; writes p99 {Ms(0.99, true)}, longest {Ms(1, true)}; healed {(Healed is { } healed ? $"{healed.TotalSeconds:0.0} s after the end" : "at the end")}");
        yield return $"  logged: {string.Join(", ", Logged.OrderBy(line => line.Key, StringComparer.Ordinal).Select(line => $"{line.Key} x{line.Value}"))}";
        foreach (var example in Tally.Examples())
        {
            yield return $"  {example}";
        }

        string Ms(double share, bool writes = false) => $"{Tally.Percentile(share, s => s.IsWrite == writes).TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)} ms";

        static string Counts(IEnumerable<string> what) =>
            what.GroupBy(w => w).OrderByDescending(g => g.Count()).Select(g => $"{g.Key} {g.Count()}").DefaultIfEmpty("none").Aggregate((a, b) => $"{a}, {b}");
    }

    /// <summary>The run as a row of the table in docs/reliability.md.</summary>
    public string Row()
    {
        var seen = Tally.Seen;
        var reads = seen.Where(s => !s.IsWrite && s.Status == 200).ToList();
        var stale = reads.Where(s => s.IsStale).ToList();
        var reasons = string.Join(", ", stale.GroupBy(s => s.StaleReason).OrderByDescending(g => g.Count()).Select(g => $"`{g.Key}`"));
        var refused = seen.Where(s => s.Status >= 500).ToList();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {Plan.Name} | {seen.Count} | {(stale.Count == 0 ? "0" : $"{stale.Count} ({reasons})")} | {refused.Count(s => !s.IsWrite)} / {refused.Count(s => s.IsWrite)} | "
            + $"{Tally.Percentile(0.99, s => !s.IsWrite).TotalMilliseconds:0} / {Tally.Percentile(1, s => !s.IsWrite).TotalMilliseconds:0} | "
            + $"{string.Join(", ", Logged.Keys.Order(StringComparer.Ordinal))} | {(Healed is { } healed ? $"{healed.TotalSeconds:0.0} s" : "at once")} |");
    }

    private static Dictionary<string, int> LoggedBy(BenchFleet fleet) => fleet.Nodes
        .SelectMany(node => Warning().Matches(node.Output))
        .GroupBy(match => match.Groups[1].Value)
        .ToDictionary(group => group.Key, group => group.Count());

    [GeneratedRegex(@"^\S+ (?:warn|fail|crit): (?:\w+\.)*?(\w+\[\d+\])", RegexOptions.Multiline)]
    private static partial Regex Warning();
}
