using System.Globalization;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;

namespace NeuroLab.Application.Dashboard;

/// <summary>A user's newest experiments, and what they amount to.</summary>
/// <param name="UserId">The owner.</param>
/// <param name="Limit">How many are listed, 1 to 50.</param>
/// <param name="Days">How many days it reaches back from now, 1 to 365.</param>
public sealed record GetDashboardRecent(Guid UserId, int Limit, int Days) : IWarmableQuery<GetDashboardRecent, DashboardRecentResponse>
{
    /// <summary>How many are listed first.</summary>
    public const int DefaultLimit = 10;

    /// <summary>Of how many days they are first.</summary>
    public const int DefaultDays = 7;

    private static readonly CachePolicy DefaultPolicy = CachePolicy.Default;

    /// <inheritdoc />
    public CacheKey Key => CacheKey.Owned(
        "dashboard", UserId, "recent", Days.ToString(CultureInfo.InvariantCulture), Limit.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc />
    public CachePolicy Policy => DefaultPolicy;

    /// <inheritdoc />
    public CacheReadOptions ReadOptions { get; init; }

    /// <inheritdoc />
    public static GetDashboardRecent FirstAskedBy(Guid userId) => new(userId, DefaultLimit, DefaultDays);
}

internal sealed class GetDashboardRecentHandler(IDashboardReader dashboards, TimeProvider clock)
    : ICacheableQueryHandler<GetDashboardRecent, DashboardRecentResponse>
{
    public Task<LoadResult<DashboardRecentResponse>> LoadAsync(GetDashboardRecent query, CancellationToken cancellationToken) =>
        dashboards.ReadAsync(query.UserId, (snapshot, token) => ReadAsync(query, snapshot, token), cancellationToken);

    private async Task<LoadResult<DashboardRecentResponse>> ReadAsync(GetDashboardRecent query, IDashboardSnapshot snapshot, CancellationToken cancellationToken)
    {
        var cutoff = clock.UtcNow().AddDays(-query.Days);
        var counts = await snapshot.CountAsync(cutoff, null, cutoff, cancellationToken).ConfigureAwait(false);
        var experiments = await snapshot.SectionAsync<IReadOnlyList<ExperimentWithMetrics>>(
            "experiments", () => snapshot.RecentAsync(cutoff, query.Limit, cancellationToken), []).ConfigureAwait(false);
        var withResults = await snapshot.SectionAsync<int?>(
            "with_results", async () => await snapshot.CountWithResultsAsync(cutoff, cancellationToken).ConfigureAwait(false), null).ConfigureAwait(false);

        var total = counts.Sum(count => count.Count);
        var recent = new DashboardRecentResponse(
            [.. experiments.Select(RecentExperimentResponse.From)],
            new ActivitySummaryResponse(
                total,
                DashboardFigures.ByType(counts),
                DashboardFigures.ByStatus(counts),
                DashboardFigures.CompletionRate(counts),
                withResults,
                total - withResults),
            Insights.Of(counts, query.Days),
            new RecentPeriodResponse(query.Days, query.Limit, cutoff));
        return new LoadResult<DashboardRecentResponse>(recent, [.. snapshot.FailedSections]);
    }
}
