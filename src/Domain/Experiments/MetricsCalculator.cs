using NeuroLab.Domain.Experiments.Generators;

namespace NeuroLab.Domain.Experiments;

/// <summary>Computes the figures over a series. Pure; not rounded. Thread-safe.</summary>
public static class MetricsCalculator
{
    /// <summary>Computes the figures that the type has.</summary>
    /// <param name="type">The type that the series was measured for.</param>
    /// <param name="points">The series.</param>
    /// <exception cref="ArgumentException">The series is empty.</exception>
    public static ExperimentMetrics Calculate(ExperimentType type, IReadOnlyList<DataPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.Count == 0)
        {
            throw new ArgumentException("A series has at least one point.", nameof(points));
        }

        // The mean of equal values may round to just beside them; a mean lies inside its series.
        var min = points.Min(point => point.Value);
        var max = points.Max(point => point.Value);
        var mean = Math.Clamp(points.Average(point => point.Value), min, max);
        var metrics = new ExperimentMetrics
        {
            Mean = mean,
            StdDev = Math.Sqrt(points.Average(point => (point.Value - mean) * (point.Value - mean))),
            Min = min,
            Max = max,
        };
        return type switch
        {
            ExperimentType.Memory => metrics with { Accuracy = mean * 100, AvgResponseTime = AverageOf(points, MemoryGenerator.ResponseTime) },
            ExperimentType.Eeg => metrics with
            {
                AlphaAvg = AverageOf(points, EegGenerator.Alpha),
                BetaAvg = AverageOf(points, EegGenerator.Beta),
                ThetaAvg = AverageOf(points, EegGenerator.Theta),
                DeltaAvg = AverageOf(points, EegGenerator.Delta),
            },
            _ => metrics,
        };
    }

    private static double AverageOf(IReadOnlyList<DataPoint> points, string name) => points.Average(point => point.Metadata[name]);
}
