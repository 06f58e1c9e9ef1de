using NeuroLab.Benchmarks.Harness;

namespace NeuroLab.Benchmarks.Scale;

/// <summary>How costs grow with nodes, keys, users, live journal records and writes: each part by its name, all of them without one.</summary>
internal static class ScaleBenchmark
{
    private static readonly (string Name, Func<BenchmarkRun, Task> RunAsync)[] Parts =
    [
        ("keys", EngineScale.KeysAsync),
        ("users", EngineScale.UsersAsync),
        ("journal", EngineScale.JournalAsync),
        ("writes", WriteScale.RunAsync),
        ("nodes", NodeScale.RunAsync),
    ];

    public static async Task RunAsync(BenchmarkRun run)
    {
        if (run.Arguments.Except(Parts.Select(static part => part.Name)).FirstOrDefault() is { } unknown)
        {
            throw new ArgumentException($"'{unknown}' is no part: {string.Join(", ", Parts.Select(static part => part.Name))}.", nameof(run));
        }

        foreach (var part in Parts.Where(part => run.Arguments.Count == 0 || run.Arguments.Contains(part.Name)))
        {
            await part.RunAsync(run);
        }
    }
}
