using System.Text.Json.Serialization;
using NeuroLab.Domain.Experiments;

namespace NeuroLab.Application.Experiments;

/// <summary>An experiment as its owner sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="UserId">Its owner.</param>
/// <param name="Name">Its name.</param>
/// <param name="ExperimentType">Its type: heart_rate, reaction_time, memory or eeg.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Status">Where it stands: pending, running, completed or failed.</param>
/// <param name="CreatedAt">When it was created, UTC.</param>
/// <param name="UpdatedAt">When it last changed, UTC.</param>
public sealed record ExperimentResponse(
    Guid Id,
    Guid UserId,
    string Name,
    string ExperimentType,
    ParametersResponse Parameters,
    string Status,
    DateTime CreatedAt,
    DateTime UpdatedAt)
{
    internal static ExperimentResponse From(Experiment experiment) => new(
        experiment.Id,
        experiment.UserId,
        experiment.Name,
        ExperimentNames.Of(experiment.Type),
        ParametersResponse.From(experiment.Parameters),
        ExperimentNames.Of(experiment.Status),
        experiment.CreatedAt,
        experiment.UpdatedAt);
}

/// <summary>The parameters of an experiment; only those of its type are written.</summary>
public sealed record ParametersResponse
{
    /// <summary>Heart rate and EEG: length in minutes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? DurationMinutes { get; init; }

    /// <summary>Heart rate: rate at rest in beats a minute.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? BaselineBpm { get; init; }

    /// <summary>Reaction time: number of trials.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Trials { get; init; }

    /// <summary>Reaction time: visual or audio.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? StimulusType { get; init; }

    /// <summary>Memory: number of items shown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ItemsCount { get; init; }

    /// <summary>Memory: visual, verbal or spatial.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TestType { get; init; }

    /// <summary>EEG: samples a second.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? SamplingRate { get; init; }

    internal static ParametersResponse From(ExperimentParameters parameters) => parameters switch
    {
        HeartRateParameters p => new() { DurationMinutes = p.DurationMinutes, BaselineBpm = p.BaselineBpm },
        ReactionTimeParameters p => new() { Trials = p.Trials, StimulusType = ExperimentNames.Of(p.StimulusType) },
        MemoryParameters p => new() { ItemsCount = p.ItemsCount, TestType = ExperimentNames.Of(p.TestType) },
        EegParameters p => new() { DurationMinutes = p.DurationMinutes, SamplingRate = p.SamplingRate },
        _ => throw new ArgumentOutOfRangeException(nameof(parameters)),
    };
}
