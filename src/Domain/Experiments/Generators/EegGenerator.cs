using NeuroLab.Domain.Common;

namespace NeuroLab.Domain.Experiments.Generators;

/// <summary>
/// One point a second: the relative power of four frequency bands, which add up to 1 before rounding. Each band's power is the average of
/// <c>sampling_rate</c> samples around a level that changes from second to second. The point's value is the alpha band's.
/// </summary>
internal static class EegGenerator
{
    internal const string Alpha = "alpha";
    internal const string Beta = "beta";
    internal const string Theta = "theta";
    internal const string Delta = "delta";
    private const double Spread = 0.15;
    private const double LeastLevel = 0.1;

    internal static IReadOnlyList<DataPoint> Generate(EegParameters parameters, DateTime start, IRandomSource random)
    {
        var points = new DataPoint[parameters.DurationMinutes * 60];
        for (var second = 0; second < points.Length; second++)
        {
            var alpha = AverageBand(0.35, parameters.SamplingRate, random);
            var beta = AverageBand(0.25, parameters.SamplingRate, random);
            var theta = AverageBand(0.2, parameters.SamplingRate, random);
            var delta = AverageBand(0.2, parameters.SamplingRate, random);
            var total = alpha + beta + theta + delta;
            var bands = new Dictionary<string, double>
            {
                [Alpha] = Math.Round(alpha / total, 4),
                [Beta] = Math.Round(beta / total, 4),
                [Theta] = Math.Round(theta / total, 4),
                [Delta] = Math.Round(delta / total, 4),
            };
            points[second] = new DataPoint(start.AddSeconds(second), bands[Alpha], bands);
        }

        return points;
    }

    private static double AverageBand(double level, int samples, IRandomSource random)
    {
        // The noise of a sample is even, not normal: half an hour at 1,024 samples a second has 7 million of them.
        var current = level * Math.Max(LeastLevel, random.NextNormal(1, Spread));
        var sum = 0.0;
        for (var i = 0; i < samples; i++)
        {
            sum += current * (0.5 + random.NextDouble());
        }

        return sum / samples;
    }
}
