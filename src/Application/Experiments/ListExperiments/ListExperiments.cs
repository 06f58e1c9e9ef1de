using System.Globalization;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Domain.Experiments;

namespace NeuroLab.Application.Experiments;

/// <summary>One page of a user's experiments, newest first.</summary>
/// <param name="UserId">The owner.</param>
/// <param name="Limit">Page size, 1 to 100.</param>
/// <param name="Offset">How many to pass over; 0 or more.</param>
/// <param name="ExperimentType">Of this type only; null: of all.</param>
/// <param name="Status">With this status only; null: with any.</param>
public sealed record ListExperiments(Guid UserId, int Limit, int Offset, string? ExperimentType, string? Status) : IWarmableQuery<ListExperiments, ExperimentListResponse>
{
    /// <summary>The size of the page that is shown first.</summary>
    public const int DefaultLimit = 50;

    private static readonly CachePolicy DefaultPolicy = CachePolicy.Default;

    /// <inheritdoc />
    public CacheKey Key => CacheKey.Owned(
        "experiments",
        UserId,
        "list",
        ExperimentType,
        Status,
        Limit.ToString(CultureInfo.InvariantCulture),
        Offset.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc />
    public CachePolicy Policy => DefaultPolicy;

    /// <inheritdoc />
    public CacheReadOptions ReadOptions { get; init; }

    /// <inheritdoc />
    public static ListExperiments FirstAskedBy(Guid userId) => new(userId, DefaultLimit, 0, ExperimentType: null, Status: null);
}

internal sealed class ListExperimentsHandler(IExperimentReader experiments) : ICacheableQueryHandler<ListExperiments, ExperimentListResponse>
{
    public async Task<LoadResult<ExperimentListResponse>> LoadAsync(ListExperiments query, CancellationToken cancellationToken)
    {
        var filter = new ExperimentFilter(
            query.Limit,
            query.Offset,
            query.ExperimentType is null ? null : ExperimentNames.ParseType(query.ExperimentType),
            query.Status is null ? null : ExperimentNames.ParseStatus(query.Status));
        var page = await experiments.ListAsync(query.UserId, filter, cancellationToken).ConfigureAwait(false);
        return new ExperimentListResponse([.. page.Experiments.Select(ExperimentResponse.From)], page.Total, query.Limit, query.Offset);
    }
}
