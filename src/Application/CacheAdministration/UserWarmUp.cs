using MediatR;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;

namespace NeuroLab.Application.CacheAdministration;

/// <summary>Loads one query into the cache for any user.</summary>
internal interface IUserWarmUp
{
    /// <summary>The query's name.</summary>
    string Query { get; }

    /// <summary>Asks it through the whole pipeline, as the user's client would: what is cached and fresh is not loaded again.</summary>
    /// <exception cref="Common.OriginUnavailableException">It is not cached and cannot be loaded.</exception>
    Task<Freshness> AskAsync(Guid userId, CancellationToken cancellationToken);
}

/// <inheritdoc />
internal sealed class UserWarmUp<TQuery, T>(IMediator mediator) : IUserWarmUp
    where TQuery : IWarmableQuery<TQuery, T>
{
    public string Query => typeof(TQuery).Name;

    public async Task<Freshness> AskAsync(Guid userId, CancellationToken cancellationToken) =>
        (await mediator.Send(TQuery.FirstAskedBy(userId), cancellationToken).ConfigureAwait(false)).Freshness;
}
