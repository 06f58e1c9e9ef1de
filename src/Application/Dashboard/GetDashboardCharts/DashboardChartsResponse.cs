using NeuroLab.Application.Experiments;

namespace NeuroLab.Application.Dashboard;

/// <summary>Series for charts. Days are UTC days; days without experiments are left out.</summary>
/// <param name="ActivityTimeline">Experiments a day, oldest first.</param>
/// <param name="ExperimentTypeDistribution">Experiments a type; types without any are left out.</param>
/// <param name="PerformanceTrends">Means of each metric by day and type, oldest first.</param>
/// <param name="MetricComparisons">Means of each metric by type over the period.</param>
/// <param name="Period">The period asked for.</param>
/// <param name="TotalExperiments">How many experiments match.</param>
/// <param name="DateRange">The moments between which they were created.</param>
public sealed record DashboardChartsResponse(
    IReadOnlyList<ActivityResponse> ActivityTimeline,
    IReadOnlyList<TypeCountResponse> ExperimentTypeDistribution,
    IReadOnlyList<PerformanceTrendResponse> PerformanceTrends,
    IReadOnlyList<MetricComparisonResponse> MetricComparisons,
    string Period,
    int TotalExperiments,
    DateRangeResponse DateRange);

/// <summary>Experiments of one day.</summary>
/// <param name="Date">The UTC day.</param>
/// <param name="Count">How many.</param>
public sealed record ActivityResponse(DateOnly Date, int Count);

/// <summary>Experiments of one type.</summary>
/// <param name="Type">The type.</param>
/// <param name="Count">How many.</param>
public sealed record TypeCountResponse(string Type, int Count);

/// <summary>Mean metrics of one type on one day.</summary>
/// <param name="Date">The UTC day.</param>
/// <param name="ExperimentType">The type.</param>
/// <param name="Metrics">The means.</param>
public sealed record PerformanceTrendResponse(DateOnly Date, string ExperimentType, MetricsResponse Metrics);

/// <summary>Mean metrics of one type over the period.</summary>
/// <param name="ExperimentType">The type.</param>
/// <param name="Metrics">The means.</param>
public sealed record MetricComparisonResponse(string ExperimentType, MetricsResponse Metrics);

/// <summary>The period in moments.</summary>
/// <param name="Start">Its start, UTC; for the period <c>all</c> the first day with an experiment, or the end where there is none.</param>
/// <param name="End">Its end, UTC: when the answer was computed.</param>
public sealed record DateRangeResponse(DateTime Start, DateTime End);
