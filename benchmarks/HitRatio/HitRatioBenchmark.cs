using System.Globalization;
using NeuroLab.Benchmarks.Harness;

namespace NeuroLab.Benchmarks.HitRatio;

/// <summary>
/// How many reads find their key, by capacity: of keys by Zipf's law, or of traces. Arguments: the path of a trace, then the capacities for it; as many traces as there are,
/// in one table.
/// </summary>
internal static class HitRatioBenchmark
{
    private static readonly int[] DefaultCapacities = [500, 1_000, 5_000];

    public static async Task RunAsync(BenchmarkRun run)
    {
        if (run.Arguments.Count > 0)
        {
            await PrintAsync("Hit ratio on traces", await ReadAsync(run.Arguments));
            return;
        }

        var zipf = new Zipf(run.Of(100_000, 1_000), 0.99);
        int[] capacities = [run.Of(1_000, 10), run.Of(10_000, 100)];
        var trace = Trace.Of("Zipf", zipf.Draw(run.Of(10_000_000, 10_000), seed: 1));
        await PrintAsync(
            $"Hit ratio on {Table.Number(trace.Accesses.Length)} reads by Zipf's law, exponent 0.99, {Table.Number(run.Of(100_000, 1_000))} keys",
            [(trace, capacities)],
            ("the most frequent keys, held for ever", (_, capacity) => Task.FromResult(zipf.ShareOfFirst(capacity))));
    }

    private static async Task<List<(Trace Trace, int[] Capacities)>> ReadAsync(IReadOnlyList<string> arguments)
    {
        var traces = new List<(Trace, int[])>();
        for (var i = 0; i < arguments.Count;)
        {
            var trace = await Trace.ReadAsync(arguments[i++]);
            var capacities = new List<int>();
            while (i < arguments.Count && int.TryParse(arguments[i], NumberStyles.None, CultureInfo.InvariantCulture, out var capacity))
            {
                capacities.Add(capacity);
                i++;
            }

            traces.Add((trace, capacities.Count > 0 ? [.. capacities] : DefaultCapacities));
        }

        return traces;
    }

    private static async Task PrintAsync(
        string title, IReadOnlyList<(Trace Trace, int[] Capacities)> traces, params (string Name, Func<Trace, int, Task<double>> HitRatio)[] more)
    {
        var columns = traces.SelectMany(static each => each.Capacities.Select(capacity => (each.Trace, Capacity: capacity))).ToList();
        var rows = new List<(string Name, double[] Ratios)>();
        foreach (var (name, hitRatio) in Policies.All.Concat(more))
        {
            var ratios = new List<double>();
            foreach (var (trace, capacity) in columns)
            {
                ratios.Add(await hitRatio(trace, capacity));
            }

            rows.Add((name, [.. ratios]));
        }

        var lru = rows.Single(static row => row.Name == Policies.ExactLruName).Ratios;
        var table = new Table(["", .. columns.Select(static column => $"{column.Trace.Name} {Table.Number(column.Capacity)}"), "mean", "least above exact LRU"]);
        foreach (var (name, ratios) in rows)
        {
            table.Add([name, .. ratios.Append(ratios.Average()).Append(ratios.Zip(lru, static (mine, theirs) => mine - theirs).Min()).Select(Ratio)]);
        }

        table.Print(title);
    }

    private static string Ratio(double ratio) => ratio.ToString("0.0000", CultureInfo.InvariantCulture);
}
