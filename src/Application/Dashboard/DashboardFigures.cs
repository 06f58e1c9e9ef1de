using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Domain.Experiments;

namespace NeuroLab.Application.Dashboard;

/// <summary>Figures that several dashboards show. Pure.</summary>
internal static class DashboardFigures
{
    /// <summary>Completed of all, in percent with one decimal; 0 where there are none.</summary>
    public static double CompletionRate(IReadOnlyList<ExperimentCount> counts)
    {
        var total = counts.Sum(count => count.Count);
        var completed = counts.Where(count => count.Status == ExperimentStatus.Completed).Sum(count => count.Count);
        return total == 0 ? 0 : Math.Round(100.0 * completed / total, 1, MidpointRounding.AwayFromZero);
    }

    /// <summary>Every type with its count, 0 included.</summary>
    public static IReadOnlyDictionary<string, int> ByType(IReadOnlyList<ExperimentCount> counts) =>
        Enum.GetValues<ExperimentType>().ToDictionary(ExperimentNames.Of, type => counts.Where(count => count.Type == type).Sum(count => count.Count));

    /// <summary>Every status with its count, 0 included.</summary>
    public static IReadOnlyDictionary<string, int> ByStatus(IReadOnlyList<ExperimentCount> counts) =>
        Enum.GetValues<ExperimentStatus>().ToDictionary(ExperimentNames.Of, status => counts.Where(count => count.Status == status).Sum(count => count.Count));
}
