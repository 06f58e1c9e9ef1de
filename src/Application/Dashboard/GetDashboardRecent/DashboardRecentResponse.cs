using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Experiments;

namespace NeuroLab.Application.Dashboard;

/// <summary>A user's newest experiments, and what they amount to.</summary>
/// <param name="Experiments">Newest first, at most the limit.</param>
/// <param name="ActivitySummary">Figures over every experiment of the period, listed or not.</param>
/// <param name="Insights">What is worth knowing of them.</param>
/// <param name="Period">What was asked for.</param>
public sealed record DashboardRecentResponse(
    IReadOnlyList<RecentExperimentResponse> Experiments,
    ActivitySummaryResponse ActivitySummary,
    IReadOnlyList<InsightResponse> Insights,
    RecentPeriodResponse Period);

/// <summary>An experiment with the figures of its result.</summary>
/// <param name="Id">Its id.</param>
/// <param name="UserId">Its owner.</param>
/// <param name="Name">Its name.</param>
/// <param name="ExperimentType">Its type.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="CreatedAt">When it was created, UTC.</param>
/// <param name="UpdatedAt">When it last changed, UTC.</param>
/// <param name="Metrics">The figures of its result; null where it has none.</param>
public sealed record RecentExperimentResponse(
    Guid Id,
    Guid UserId,
    string Name,
    string ExperimentType,
    ParametersResponse Parameters,
    string Status,
    DateTime CreatedAt,
    DateTime UpdatedAt,
    MetricsResponse? Metrics)
{
    internal static RecentExperimentResponse From(ExperimentWithMetrics recent)
    {
        var experiment = ExperimentResponse.From(recent.Experiment);
        return new RecentExperimentResponse(
            experiment.Id,
            experiment.UserId,
            experiment.Name,
            experiment.ExperimentType,
            experiment.Parameters,
            experiment.Status,
            experiment.CreatedAt,
            experiment.UpdatedAt,
            recent.Metrics is null ? null : MetricsResponse.From(recent.Metrics));
    }
}

/// <summary>Figures over every experiment of the period.</summary>
/// <param name="TotalRecent">How many there are.</param>
/// <param name="ByType">Every type with its count, 0 included.</param>
/// <param name="ByStatus">Every status with its count, 0 included.</param>
/// <param name="CompletionRate">Completed of these, in percent, 0 to 100 with one decimal; 0 where there are none.</param>
/// <param name="WithResults">How many have results; null where that could not be read.</param>
/// <param name="WithoutResults">How many have none; null where that could not be read.</param>
public sealed record ActivitySummaryResponse(
    int TotalRecent,
    IReadOnlyDictionary<string, int> ByType,
    IReadOnlyDictionary<string, int> ByStatus,
    double CompletionRate,
    int? WithResults,
    int? WithoutResults);

/// <summary>A sentence worth knowing.</summary>
/// <param name="Type">How to take it: info, success or warning.</param>
/// <param name="Message">The sentence.</param>
public sealed record InsightResponse(string Type, string Message);

/// <summary>What was asked for.</summary>
/// <param name="Days">How many days it reaches back.</param>
/// <param name="Limit">How many are listed at most.</param>
/// <param name="CutoffDate">Nothing created before this moment counts, UTC.</param>
public sealed record RecentPeriodResponse(int Days, int Limit, DateTime CutoffDate);
