using static NeuroLab.Domain.Common.PlainText;

namespace NeuroLab.Domain.Experiments;

/// <summary>Says in a sentence or two what an experiment measured. Pure. Thread-safe.</summary>
public static class AnalysisSummary
{
    /// <summary>The sentences; numbers are written in the invariant culture.</summary>
    public static string Of(ExperimentParameters parameters, ExperimentMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return parameters switch
        {
            HeartRateParameters heartRate => Sentence(
                $"Heart rate averaged {metrics.Mean:F1} bpm over {heartRate.DurationMinutes} min, from {metrics.Min:F1} to {metrics.Max:F1} bpm. {HeartRateVerdict(metrics.Mean)}"),
            ReactionTimeParameters reaction => Sentence(
                $"Mean reaction time to {ExperimentNames.Of(reaction.StimulusType)} stimuli was {metrics.Mean:F1} ms over {reaction.Trials} trials, from {metrics.Min:F1} to {metrics.Max:F1} ms."),
            MemoryParameters memory => Sentence(
                $"{metrics.Accuracy:F1}% of {memory.ItemsCount} {ExperimentNames.Of(memory.TestType)} items were recalled, in {metrics.AvgResponseTime:F2} s on average. {RecallVerdict(metrics.Accuracy)}"),
            EegParameters eeg => Sentence(
                $"Over {eeg.DurationMinutes} min at {eeg.SamplingRate} Hz the {StrongestBand(metrics)} band was the strongest. Mean relative power: alpha {metrics.AlphaAvg:F3}, beta {metrics.BetaAvg:F3}, theta {metrics.ThetaAvg:F3}, delta {metrics.DeltaAvg:F3}."),
            _ => throw new ArgumentOutOfRangeException(nameof(parameters)),
        };
    }

    private static string HeartRateVerdict(double mean) => mean switch
    {
        < 60 => "This is below the usual range at rest of 60 to 100 bpm.",
        > 100 => "This is above the usual range at rest of 60 to 100 bpm.",
        _ => "This is inside the usual range at rest of 60 to 100 bpm.",
    };

    private static string RecallVerdict(double? accuracy) => accuracy switch
    {
        >= 80 => "Recall was good.",
        >= 60 => "Recall was fair.",
        _ => "Recall was low.",
    };

    private static string StrongestBand(ExperimentMetrics metrics) =>
        new[] { ("alpha", metrics.AlphaAvg), ("beta", metrics.BetaAvg), ("theta", metrics.ThetaAvg), ("delta", metrics.DeltaAvg) }
            .MaxBy(band => band.Item2).Item1;
}
