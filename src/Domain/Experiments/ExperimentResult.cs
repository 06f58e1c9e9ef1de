namespace NeuroLab.Domain.Experiments;

/// <summary>What one completed experiment measured. Immutable.</summary>
public sealed class ExperimentResult
{
    /// <summary>Creates the result of an experiment.</summary>
    public ExperimentResult(Guid id, Guid experimentId, IReadOnlyList<DataPoint> dataPoints, ExperimentMetrics metrics, string analysisSummary, DateTime createdAt)
    {
        ArgumentNullException.ThrowIfNull(dataPoints);
        ArgumentNullException.ThrowIfNull(metrics);
        ArgumentNullException.ThrowIfNull(analysisSummary);
        Id = id;
        ExperimentId = experimentId;
        DataPoints = dataPoints;
        Metrics = metrics;
        AnalysisSummary = analysisSummary;
        CreatedAt = createdAt;
    }

    private ExperimentResult()
    {
        DataPoints = [];
        Metrics = null!;
        AnalysisSummary = "";
    }

    /// <summary>The result's own id.</summary>
    public Guid Id { get; private set; }

    /// <summary>The experiment it belongs to: one result an experiment.</summary>
    public Guid ExperimentId { get; private set; }

    /// <summary>The series measured, in order of time.</summary>
    public IReadOnlyList<DataPoint> DataPoints { get; private set; }

    /// <summary>Figures over the series.</summary>
    public ExperimentMetrics Metrics { get; private set; }

    /// <summary>One or two sentences for a reader.</summary>
    public string AnalysisSummary { get; private set; }

    /// <summary>When it was measured, UTC.</summary>
    public DateTime CreatedAt { get; private set; }
}

/// <summary>One measured point.</summary>
/// <param name="Timestamp">When, UTC.</param>
/// <param name="Value">What; the unit follows from the experiment's type (bpm, ms, 1 or 0, relative band power).</param>
/// <param name="Metadata">Named figures beside the value: <c>response_time</c> in seconds; the bands <c>alpha</c>, <c>beta</c>, <c>theta</c>, <c>delta</c>. Empty where there are none.</param>
public sealed record DataPoint(DateTime Timestamp, double Value, IReadOnlyDictionary<string, double> Metadata);

/// <summary>Figures over a series. Those that a type does not have are null.</summary>
public sealed record ExperimentMetrics
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
    public double? Accuracy { get; init; }

    /// <summary>Memory: mean response time, in seconds.</summary>
    public double? AvgResponseTime { get; init; }

    /// <summary>EEG: mean relative power of the alpha band.</summary>
    public double? AlphaAvg { get; init; }

    /// <summary>EEG: mean relative power of the beta band.</summary>
    public double? BetaAvg { get; init; }

    /// <summary>EEG: mean relative power of the theta band.</summary>
    public double? ThetaAvg { get; init; }

    /// <summary>EEG: mean relative power of the delta band.</summary>
    public double? DeltaAvg { get; init; }
}
