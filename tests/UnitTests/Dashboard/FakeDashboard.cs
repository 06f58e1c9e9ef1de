using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Domain.Experiments;

namespace NeuroLab.UnitTests.Dashboard;

/// <summary>A reader with prepared answers that notes what it was asked, and can let sections fail.</summary>
internal sealed class FakeDashboard : IDashboardReader, IDashboardSnapshot
{
    private readonly List<string> _failed = [];

    public List<string> Calls { get; } = [];

    public HashSet<string> Failing { get; } = [];

    public Guid? ReadFor { get; private set; }

    public IReadOnlyList<ExperimentCount> Counts { get; set; } = [];

    public IReadOnlyList<DailyCount> Days { get; set; } = [];

    public IReadOnlyList<MetricMeans> Means { get; set; } = [];

    public IReadOnlyList<DailyMetricMeans> DailyMeans { get; set; } = [];

    public IReadOnlyList<ExperimentWithMetrics> Recent { get; set; } = [];

    public int WithResults { get; set; }

    public IReadOnlyList<string> FailedSections => _failed;

    public Task<T> ReadAsync<T>(Guid userId, Func<IDashboardSnapshot, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        ReadFor = userId;
        return read(this, cancellationToken);
    }

    public async Task<T> SectionAsync<T>(string name, Func<Task<T>> read, T fallback)
    {
        if (Failing.Contains(name))
        {
            _failed.Add(name);
            return fallback;
        }

        return await read();
    }

    public Task<IReadOnlyList<ExperimentCount>> CountAsync(DateTime? since, ExperimentType? type, DateTime recentSince, CancellationToken cancellationToken) =>
        Note(Counts, $"count {since:s} {type} {recentSince:s}");

    public Task<int> CountWithResultsAsync(DateTime since, CancellationToken cancellationToken) => Note(WithResults, $"with results {since:s}");

    public Task<IReadOnlyList<DailyCount>> CountByDayAsync(DateTime? since, ExperimentType? type, CancellationToken cancellationToken) =>
        Note(Days, $"days {since:s} {type}");

    public Task<IReadOnlyList<MetricMeans>> MeanMetricsAsync(DateTime? since, ExperimentType? type, CancellationToken cancellationToken) =>
        Note(Means, $"means {since:s} {type}");

    public Task<IReadOnlyList<DailyMetricMeans>> MeanMetricsByDayAsync(DateTime? since, ExperimentType? type, CancellationToken cancellationToken) =>
        Note(DailyMeans, $"daily means {since:s} {type}");

    public Task<IReadOnlyList<ExperimentWithMetrics>> RecentAsync(DateTime since, int limit, CancellationToken cancellationToken) =>
        Note(Recent, $"recent {since:s} {limit}");

    private Task<T> Note<T>(T answer, string call)
    {
        Calls.Add(call);
        return Task.FromResult(answer);
    }
}
