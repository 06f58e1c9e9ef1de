namespace NeuroLab.Domain.Experiments;

/// <summary>The kinds of mock experiment. Stored and sent by their snake_case names, never by number.</summary>
public enum ExperimentType
{
    /// <summary>Heart rate over time, in beats a minute.</summary>
    HeartRate,

    /// <summary>Reaction time a trial, in milliseconds.</summary>
    ReactionTime,

    /// <summary>Recall of items shown.</summary>
    Memory,

    /// <summary>Electroencephalogram: power in four frequency bands.</summary>
    Eeg,
}
