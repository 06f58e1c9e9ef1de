using System.Globalization;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Domain.Experiments;

namespace NeuroLab.Application.Dashboard;

/// <summary>Says what the counts of a period show. Pure.</summary>
internal static class Insights
{
    private const string Info = "info";
    private const string Success = "success";
    private const string Warning = "warning";

    /// <summary>The sentences; never none.</summary>
    public static IReadOnlyList<InsightResponse> Of(IReadOnlyList<ExperimentCount> counts, int days)
    {
        var total = counts.Sum(count => count.Count);
        var period = days == 1 ? "the last day" : Text($"the last {days} days");
        if (total == 0)
        {
            return [new InsightResponse(Info, $"There are no experiments in {period}.")];
        }

        var byType = counts.GroupBy(count => count.Type)
            .Select(group => (Type: group.Key, Count: group.Sum(count => count.Count)))
            .Where(group => group.Count > 0)
            .OrderByDescending(group => group.Count)
            .ThenBy(group => group.Type)
            .ToList();
        var insights = new List<InsightResponse>
        {
            new(Info, $"{Experiments(total)} in {period}: {string.Join(", ", byType.Select(group => Text($"{ExperimentNames.Of(group.Type)} {group.Count}")))}."),
        };

        var failed = counts.Where(count => count.Status == ExperimentStatus.Failed).Sum(count => count.Count);
        if (failed > 0)
        {
            insights.Add(new InsightResponse(Warning, Text($"{failed} of {Experiments(total)} failed and {(failed == 1 ? "has" : "have")} no results.")));
        }
        else if (counts.All(count => count.Status == ExperimentStatus.Completed || count.Count == 0))
        {
            insights.Add(new InsightResponse(Success, $"Every experiment in {period} was completed."));
        }

        var missing = ExperimentNames.Types.Except(byType.Select(group => ExperimentNames.Of(group.Type))).ToList();
        if (missing.Count > 0)
        {
            insights.Add(new InsightResponse(Info, $"Not run in {period}: {string.Join(", ", missing)}."));
        }

        return insights;
    }

    private static string Experiments(int count) => count == 1 ? "1 experiment" : Text($"{count} experiments");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
