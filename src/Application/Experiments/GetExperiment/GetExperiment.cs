using System.Globalization;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;

namespace NeuroLab.Application.Experiments;

/// <summary>One experiment with its results.</summary>
/// <param name="UserId">The owner.</param>
/// <param name="Id">The experiment.</param>
/// <remarks>Throws <see cref="NotFoundException"/> when there is none, or it is another's.</remarks>
public sealed record GetExperiment(Guid UserId, Guid Id) : ICacheableQuery<ExperimentDetailsResponse>
{
    private static readonly CachePolicy DefaultPolicy = CachePolicy.Default;

    /// <inheritdoc />
    public CacheKey Key => CacheKey.Owned("experiments", UserId, "item", Id.ToString("D", CultureInfo.InvariantCulture));

    /// <inheritdoc />
    public CachePolicy Policy => DefaultPolicy;

    /// <inheritdoc />
    public CacheReadOptions ReadOptions { get; init; }
}

internal sealed class GetExperimentHandler(IExperimentReader experiments) : ICacheableQueryHandler<GetExperiment, ExperimentDetailsResponse>
{
    public async Task<LoadResult<ExperimentDetailsResponse>> LoadAsync(GetExperiment query, CancellationToken cancellationToken)
    {
        var found = await experiments.FindAsync(query.UserId, query.Id, cancellationToken).ConfigureAwait(false)
            ?? throw new NotFoundException("There is no such experiment.");
        return ExperimentDetailsResponse.From(found.Experiment, found.Result);
    }
}
