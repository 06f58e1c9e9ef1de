using System.Globalization;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;

namespace NeuroLab.Application.ModuleName;

/// <summary>How many experiments a user created of late.</summary>
/// <param name="UserId">The owner.</param>
/// <param name="Days">How many days it reaches back from now, 1 to 365.</param>
public sealed record QueryName(Guid UserId, int Days) : ICacheableQuery<AnswerNameResponse>
{
    private static readonly CachePolicy DefaultPolicy = CachePolicy.Default;

    /// <inheritdoc />
    public CacheKey Key => CacheKey.Owned("module-area", UserId, "key-part", Days.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc />
    public CachePolicy Policy => DefaultPolicy;

    /// <inheritdoc />
    public CacheReadOptions ReadOptions { get; init; }
}

internal sealed class QueryNameHandler(IDashboardReader dashboards, TimeProvider clock)
    : ICacheableQueryHandler<QueryName, AnswerNameResponse>
{
    public Task<LoadResult<AnswerNameResponse>> LoadAsync(QueryName query, CancellationToken cancellationToken) =>
        dashboards.ReadAsync(query.UserId, (snapshot, token) => ReadAsync(query, snapshot, token), cancellationToken);

    private async Task<LoadResult<AnswerNameResponse>> ReadAsync(QueryName query, IDashboardSnapshot snapshot, CancellationToken cancellationToken)
    {
        var days = await snapshot.CountByDayAsync(clock.UtcNow().AddDays(-query.Days), type: null, cancellationToken).ConfigureAwait(false);
        return new AnswerNameResponse(days.Sum(day => day.Count), days.Count);
    }
}
