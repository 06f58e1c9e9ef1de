using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;
using NeuroLab.Application.Experiments;
using NeuroLab.Domain.Experiments;

namespace NeuroLab.Application.Dashboard;

/// <summary>Series for charts over a period that ends now.</summary>
/// <param name="UserId">The owner.</param>
/// <param name="Period">7d, 30d, 90d or all.</param>
/// <param name="ExperimentType">Of this type only; null: of all.</param>
public sealed record GetDashboardCharts(Guid UserId, string Period, string? ExperimentType) : IWarmableQuery<GetDashboardCharts, DashboardChartsResponse>
{
    /// <summary>The period that is shown first.</summary>
    public const string DefaultPeriod = "30d";

    private static readonly CachePolicy DefaultPolicy = CachePolicy.Default;

    /// <inheritdoc />
    public CacheKey Key => CacheKey.Owned("dashboard", UserId, "charts", Period, ExperimentType);

    /// <inheritdoc />
    public CachePolicy Policy => DefaultPolicy;

    /// <inheritdoc />
    public CacheReadOptions ReadOptions { get; init; }

    /// <inheritdoc />
    public static GetDashboardCharts FirstAskedBy(Guid userId) => new(userId, DefaultPeriod, ExperimentType: null);
}

internal sealed class GetDashboardChartsHandler(IDashboardReader dashboards, TimeProvider clock)
    : ICacheableQueryHandler<GetDashboardCharts, DashboardChartsResponse>
{
    public Task<LoadResult<DashboardChartsResponse>> LoadAsync(GetDashboardCharts query, CancellationToken cancellationToken) =>
        dashboards.ReadAsync(query.UserId, (snapshot, token) => ReadAsync(query, snapshot, token), cancellationToken);

    private async Task<LoadResult<DashboardChartsResponse>> ReadAsync(GetDashboardCharts query, IDashboardSnapshot snapshot, CancellationToken cancellationToken)
    {
        var now = clock.UtcNow();
        DateTime? since = ChartPeriods.DaysOf(query.Period) is { } days ? now.AddDays(-days) : null;
        ExperimentType? type = query.ExperimentType is null ? null : ExperimentNames.ParseType(query.ExperimentType);

        var counts = await snapshot.CountAsync(since, type, now, cancellationToken).ConfigureAwait(false);
        var timeline = await snapshot.SectionAsync<IReadOnlyList<DailyCount>>(
            "activity_timeline", () => snapshot.CountByDayAsync(since, type, cancellationToken), []).ConfigureAwait(false);
        var trends = await snapshot.SectionAsync<IReadOnlyList<DailyMetricMeans>>(
            "performance_trends", () => snapshot.MeanMetricsByDayAsync(since, type, cancellationToken), []).ConfigureAwait(false);
        var comparisons = await snapshot.SectionAsync<IReadOnlyList<MetricMeans>>(
            "metric_comparisons", () => snapshot.MeanMetricsAsync(since, type, cancellationToken), []).ConfigureAwait(false);

        var firstDay = timeline.Count > 0 ? timeline[0].Date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) : now;
        var charts = new DashboardChartsResponse(
            [.. timeline.Select(day => new ActivityResponse(day.Date, day.Count))],
            [.. counts.GroupBy(count => count.Type)
                .OrderBy(group => group.Key)
                .Select(group => new TypeCountResponse(ExperimentNames.Of(group.Key), group.Sum(count => count.Count)))],
            [.. trends.Select(day => new PerformanceTrendResponse(day.Date, ExperimentNames.Of(day.Type), MetricsResponse.From(day.Means)))],
            [.. comparisons.OrderBy(mean => mean.Type).Select(mean => new MetricComparisonResponse(ExperimentNames.Of(mean.Type), MetricsResponse.From(mean.Means)))],
            query.Period,
            counts.Sum(count => count.Count),
            new DateRangeResponse(since ?? firstDay, now));
        return new LoadResult<DashboardChartsResponse>(charts, [.. snapshot.FailedSections]);
    }
}
