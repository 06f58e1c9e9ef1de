namespace NeuroLab.Domain.Experiments;

/// <summary>The parameters of one experiment; one record a type. Immutable; bounds are checked where they are created.</summary>
public abstract record ExperimentParameters
{
    /// <summary>The type that these parameters belong to.</summary>
    public abstract ExperimentType Type { get; }
}

/// <summary>Parameters of a heart rate experiment.</summary>
/// <param name="DurationMinutes">Length in minutes, 1 to 60.</param>
/// <param name="BaselineBpm">Rate at rest in beats a minute, 40 to 200.</param>
public sealed record HeartRateParameters(int DurationMinutes, int BaselineBpm) : ExperimentParameters
{
    /// <inheritdoc />
    public override ExperimentType Type => ExperimentType.HeartRate;
}

/// <summary>Parameters of a reaction time experiment.</summary>
/// <param name="Trials">Number of trials, 5 to 50.</param>
/// <param name="StimulusType">What is reacted to.</param>
public sealed record ReactionTimeParameters(int Trials, StimulusType StimulusType) : ExperimentParameters
{
    /// <inheritdoc />
    public override ExperimentType Type => ExperimentType.ReactionTime;
}

/// <summary>Parameters of a memory experiment.</summary>
/// <param name="ItemsCount">Number of items shown, 5 to 30.</param>
/// <param name="TestType">What kind of memory is tested.</param>
public sealed record MemoryParameters(int ItemsCount, MemoryTestType TestType) : ExperimentParameters
{
    /// <inheritdoc />
    public override ExperimentType Type => ExperimentType.Memory;
}

/// <summary>Parameters of an EEG experiment.</summary>
/// <param name="DurationMinutes">Length in minutes, 1 to 30.</param>
/// <param name="SamplingRate">Samples a second, 128 to 1024.</param>
public sealed record EegParameters(int DurationMinutes, int SamplingRate) : ExperimentParameters
{
    /// <inheritdoc />
    public override ExperimentType Type => ExperimentType.Eeg;
}

/// <summary>What a reaction time trial shows or plays.</summary>
public enum StimulusType
{
    /// <summary>Something to see.</summary>
    Visual,

    /// <summary>Something to hear.</summary>
    Audio,
}

/// <summary>The kind of memory that is tested.</summary>
public enum MemoryTestType
{
    /// <summary>Pictures.</summary>
    Visual,

    /// <summary>Words.</summary>
    Verbal,

    /// <summary>Places.</summary>
    Spatial,
}
