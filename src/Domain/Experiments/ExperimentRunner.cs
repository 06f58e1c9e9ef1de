using System.Collections.ObjectModel;
using NeuroLab.Domain.Common;
using NeuroLab.Domain.Experiments.Generators;

namespace NeuroLab.Domain.Experiments;

/// <summary>Runs a mock experiment: a pure function of its parameters, its start and the random source, so that a seed repeats it. Thread-safe.</summary>
public static class ExperimentRunner
{
    /// <summary>The metadata of a point that has none.</summary>
    internal static IReadOnlyDictionary<string, double> NoMetadata { get; } = ReadOnlyDictionary<string, double>.Empty;

    /// <summary>Measures an experiment.</summary>
    /// <param name="experiment">The experiment; it is not changed. Its first point stands at its creation.</param>
    /// <param name="resultId">The id of the result.</param>
    /// <param name="random">Where the measured values come from.</param>
    /// <param name="now">When it was measured, UTC.</param>
    public static ExperimentResult Run(Experiment experiment, Guid resultId, IRandomSource random, DateTime now)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var points = Generate(experiment.Parameters, experiment.CreatedAt, random);
        var metrics = MetricsCalculator.Calculate(experiment.Type, points);
        return new ExperimentResult(resultId, experiment.Id, points, metrics, AnalysisSummary.Of(experiment.Parameters, metrics), now);
    }

    /// <summary>Generates the series of an experiment.</summary>
    /// <param name="parameters">Its parameters, inside their bounds.</param>
    /// <param name="start">When the first point is, UTC.</param>
    /// <param name="random">Where the values come from.</param>
    public static IReadOnlyList<DataPoint> Generate(ExperimentParameters parameters, DateTime start, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return parameters switch
        {
            HeartRateParameters heartRate => HeartRateGenerator.Generate(heartRate, start, random),
            ReactionTimeParameters reactionTime => ReactionTimeGenerator.Generate(reactionTime, start, random),
            MemoryParameters memory => MemoryGenerator.Generate(memory, start, random),
            EegParameters eeg => EegGenerator.Generate(eeg, start, random),
            _ => throw new ArgumentOutOfRangeException(nameof(parameters)),
        };
    }
}
