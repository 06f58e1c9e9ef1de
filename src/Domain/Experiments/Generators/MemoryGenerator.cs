using NeuroLab.Domain.Common;

namespace NeuroLab.Domain.Experiments.Generators;

/// <summary>One point an item: 1 where it was recalled, else 0, with a response time of 1 to 5 seconds. Each point stands after the previous one's response.</summary>
internal static class MemoryGenerator
{
    internal const string ResponseTime = "response_time";
    private const int LeastMilliseconds = 1000;
    private const int GreatestMilliseconds = 5000;

    internal static IReadOnlyList<DataPoint> Generate(MemoryParameters parameters, DateTime start, IRandomSource random)
    {
        var recall = parameters.TestType switch
        {
            MemoryTestType.Visual => 0.8,
            MemoryTestType.Verbal => 0.75,
            _ => 0.7,
        };
        var points = new DataPoint[parameters.ItemsCount];
        var at = start;
        for (var item = 0; item < points.Length; item++)
        {
            var recalled = random.NextDouble() < recall ? 1 : 0;

            // Whole milliseconds, so that no moment is finer than a database stores.
            var response = LeastMilliseconds + (long)Math.Round((GreatestMilliseconds - LeastMilliseconds) * random.NextDouble());
            points[item] = new DataPoint(at, recalled, new Dictionary<string, double> { [ResponseTime] = response / 1000.0 });
            at += TimeSpan.FromMilliseconds(response);
        }

        return points;
    }
}
