using System.Diagnostics;

namespace NeuroLab.Benchmarks.Harness;

/// <summary>Durations of one thing measured many times, in nanoseconds.</summary>
internal sealed class Sample
{
    private readonly List<double> _values = [];

    public double Median => At(0.5, _values);

    public double P99 => At(0.99, _values);

    public void Add(double nanoseconds) => _values.Add(nanoseconds);

    public async Task MeasureAsync(Func<Task> run)
    {
        var started = Stopwatch.GetTimestamp();
        await run();
        Add(Stopwatch.GetElapsedTime(started).TotalNanoseconds);
    }

    /// <summary>The median of the ratios of what was measured in the same round: what disturbs the machine disturbs both.</summary>
    public double RatioTo(Sample other) => At(0.5, _values.Zip(other._values, static (mine, theirs) => mine / theirs));

    private static double At(double share, IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];
    }
}
