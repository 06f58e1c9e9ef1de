using NeuroLab.Domain.Common;

namespace NeuroLab.Domain.Experiments.Generators;

/// <summary>One point a second: a heart rate in bpm that wanders around the baseline and is drawn back to it; 50 to 200.</summary>
internal static class HeartRateGenerator
{
    internal const double Least = 50;
    internal const double Greatest = 200;
    private const double Persistence = 0.9;
    private const double Spread = 2;

    internal static IReadOnlyList<DataPoint> Generate(HeartRateParameters parameters, DateTime start, IRandomSource random)
    {
        var points = new DataPoint[parameters.DurationMinutes * 60];
        var drift = 0.0;
        for (var second = 0; second < points.Length; second++)
        {
            drift = (Persistence * drift) + random.NextNormal(0, Spread);
            var bpm = Math.Clamp(Math.Round(parameters.BaselineBpm + drift, 1), Least, Greatest);
            points[second] = new DataPoint(start.AddSeconds(second), bpm, ExperimentRunner.NoMetadata);
        }

        return points;
    }
}
