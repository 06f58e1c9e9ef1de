using System.Text.Json.Serialization;
using NeuroLab.Domain.Experiments;

namespace NeuroLab.Application.Experiments;

/// <summary>What an experiment measured.</summary>
/// <param name="Id">The result's own id.</param>
/// <param name="ExperimentId">The experiment.</param>
/// <param name="DataPoints">The series, in order of time.</param>
/// <param name="Metrics">Figures over the series.</param>
/// <param name="AnalysisSummary">One or two sentences.</param>
/// <param name="CreatedAt">When it was measured, UTC.</param>
public sealed record ResultsResponse(
    Guid Id,
    Guid ExperimentId,
    IReadOnlyList<DataPointResponse> DataPoints,
    MetricsResponse Metrics,
    string AnalysisSummary,
    DateTime CreatedAt)
{
    internal static ResultsResponse From(ExperimentResult result) => new(
        result.Id,
        result.ExperimentId,
        [.. result.DataPoints.Select(point => new DataPointResponse(point.Timestamp, point.Value, point.Metadata))],
        MetricsResponse.From(result.Metrics),
        result.AnalysisSummary,
        result.CreatedAt);
}

/// <summary>One measured point.</summary>
/// <param name="Timestamp">When, UTC.</param>
/// <param name="Value">What: bpm, ms, 1 or 0, or relative band power, by the experiment's type.</param>
/// <param name="Metadata">Named figures beside the value; empty where there are none.</param>
public sealed record DataPointResponse(DateTime Timestamp, double Value, IReadOnlyDictionary<string, double> Metadata);

/// <summary>Figures over a series, or means of such figures; only those that the type has are written.</summary>
public sealed record MetricsResponse
{
    /// <summary>Arithmetic mean of the values.</summary>
    public required double Mean { get; init; }

    /// <summary>Population standard deviation of the values.</summary>
    public required double StdDev { get; init; }

    /// <summary>Least value.</summary>
    public required double Min { get; init; }

    /// <summary>Greatest value.</summary>
    public required double Max { get; init; }

    /// <summary>Memory: share of items recalled, in percent, 0 to 100.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Accuracy { get; init; }

    /// <summary>Memory: mean response time, in seconds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? AvgResponseTime { get; init; }

    /// <summary>EEG: mean relative power of the alpha band.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? AlphaAvg { get; init; }

    /// <summary>EEG: mean relative power of the beta band.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? BetaAvg { get; init; }

    /// <summary>EEG: mean relative power of the theta band.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ThetaAvg { get; init; }

    /// <summary>EEG: mean relative power of the delta band.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? DeltaAvg { get; init; }

    internal static MetricsResponse From(ExperimentMetrics metrics) => new()
    {
        Mean = metrics.Mean,
        StdDev = metrics.StdDev,
        Min = metrics.Min,
        Max = metrics.Max,
        Accuracy = metrics.Accuracy,
        AvgResponseTime = metrics.AvgResponseTime,
        AlphaAvg = metrics.AlphaAvg,
        BetaAvg = metrics.BetaAvg,
        ThetaAvg = metrics.ThetaAvg,
        DeltaAvg = metrics.DeltaAvg,
    };
}
