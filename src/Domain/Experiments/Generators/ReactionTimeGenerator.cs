using NeuroLab.Domain.Common;

namespace NeuroLab.Domain.Experiments.Generators;

/// <summary>One point a trial: a reaction time in milliseconds, normal around 250 (visual) or 180 (audio), at least 150.</summary>
internal static class ReactionTimeGenerator
{
    internal const double Least = 150;
    private const double Spread = 30;
    private const double SecondsBetweenTrials = 3;

    internal static IReadOnlyList<DataPoint> Generate(ReactionTimeParameters parameters, DateTime start, IRandomSource random)
    {
        var mean = parameters.StimulusType == StimulusType.Visual ? 250.0 : 180.0;
        var points = new DataPoint[parameters.Trials];
        for (var trial = 0; trial < points.Length; trial++)
        {
            var milliseconds = Math.Max(Least, Math.Round(random.NextNormal(mean, Spread), 1));
            points[trial] = new DataPoint(start.AddSeconds(trial * SecondsBetweenTrials), milliseconds, ExperimentRunner.NoMetadata);
        }

        return points;
    }
}
