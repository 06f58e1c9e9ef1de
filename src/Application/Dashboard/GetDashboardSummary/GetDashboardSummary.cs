using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;
using NeuroLab.Application.Experiments;
using NeuroLab.Domain.Experiments;

namespace NeuroLab.Application.Dashboard;

/// <summary>Totals over all experiments of a user.</summary>
/// <param name="UserId">The owner.</param>
public sealed record GetDashboardSummary(Guid UserId) : IWarmableQuery<GetDashboardSummary, DashboardSummaryResponse>
{
    private static readonly CachePolicy DefaultPolicy = CachePolicy.Default;

    /// <inheritdoc />
    public CacheKey Key => CacheKey.Owned("dashboard", UserId, "summary");

    /// <inheritdoc />
    public CachePolicy Policy => DefaultPolicy;

    /// <inheritdoc />
    public CacheReadOptions ReadOptions { get; init; }

    /// <inheritdoc />
    public static GetDashboardSummary FirstAskedBy(Guid userId) => new(userId);
}

internal sealed class GetDashboardSummaryHandler(IDashboardReader dashboards, TimeProvider clock)
    : ICacheableQueryHandler<GetDashboardSummary, DashboardSummaryResponse>
{
    private const int RecentDays = 7;

    public Task<LoadResult<DashboardSummaryResponse>> LoadAsync(GetDashboardSummary query, CancellationToken cancellationToken) =>
        dashboards.ReadAsync(query.UserId, ReadAsync, cancellationToken);

    private async Task<LoadResult<DashboardSummaryResponse>> ReadAsync(IDashboardSnapshot snapshot, CancellationToken cancellationToken)
    {
        var now = clock.UtcNow();
        var counts = await snapshot.CountAsync(null, null, now.AddDays(-RecentDays), cancellationToken).ConfigureAwait(false);
        var means = await snapshot.SectionAsync<IReadOnlyList<MetricMeans>>(
            "average_metrics", () => snapshot.MeanMetricsAsync(null, null, cancellationToken), []).ConfigureAwait(false);
        var summary = new DashboardSummaryResponse(
            counts.Sum(count => count.Count),
            DashboardFigures.ByType(counts),
            DashboardFigures.ByStatus(counts),
            new RecentActivityResponse(counts.Sum(count => count.Recent), DashboardFigures.CompletionRate(counts)),
            means.ToDictionary(mean => ExperimentNames.Of(mean.Type), mean => MetricsResponse.From(mean.Means)),
            now);
        return new LoadResult<DashboardSummaryResponse>(summary, [.. snapshot.FailedSections]);
    }
}
