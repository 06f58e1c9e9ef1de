using System.Text.Json.Serialization;
using NeuroLab.Application.Experiments;

namespace NeuroLab.Application.Dashboard;

/// <summary>Totals over all experiments of a user.</summary>
/// <param name="TotalExperiments">How many there are.</param>
/// <param name="ExperimentsByType">Every type with its count, 0 included.</param>
/// <param name="ExperimentsByStatus">Every status with its count, 0 included.</param>
/// <param name="RecentActivity">What happened of late.</param>
/// <param name="AverageMetrics">Type to the mean of each metric over its results; types without results are left out.</param>
/// <param name="LastUpdated">When this was computed, UTC.</param>
public sealed record DashboardSummaryResponse(
    int TotalExperiments,
    IReadOnlyDictionary<string, int> ExperimentsByType,
    IReadOnlyDictionary<string, int> ExperimentsByStatus,
    RecentActivityResponse RecentActivity,
    IReadOnlyDictionary<string, MetricsResponse> AverageMetrics,
    DateTime LastUpdated);

/// <summary>What happened of late.</summary>
/// <param name="Last7Days">How many experiments were created in the 7 days before the answer was computed.</param>
/// <param name="CompletionRate">Completed of all experiments, in percent, 0 to 100 with one decimal; 0 where there are none.</param>
public sealed record RecentActivityResponse([property: JsonPropertyName("last_7_days")] int Last7Days, double CompletionRate);
