namespace NeuroLab.Benchmarks.Harness;

/// <summary>How a benchmark is to be run.</summary>
/// <param name="IsSmoke">Whether it only has to show that it still runs: as little of everything as makes a table. Its figures mean nothing.</param>
/// <param name="Arguments">What else stands on the command line.</param>
internal sealed record BenchmarkRun(bool IsSmoke, IReadOnlyList<string> Arguments)
{
    /// <summary>How much of something: as much as a measurement needs, or as a smoke run does.</summary>
    public int Of(int full, int smoke) => IsSmoke ? smoke : full;
}
