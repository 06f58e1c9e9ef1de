using MediatR;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Application.Abstractions.Messaging;

/// <summary>What the caching behaviour needs to know of a query. Implement <see cref="ICacheableQuery{T}"/>.</summary>
public interface ICacheableQuery
{
    /// <summary>
    /// Identifies the answer: everything in the query that changes it, and its owner. Build it with
    /// <see cref="CacheKey.Owned"/>, which escapes text.
    /// </summary>
    CacheKey Key { get; }

    /// <summary>How long the answer lives and how it may be served. Return one static instance, not a new one a call.</summary>
    CachePolicy Policy { get; }

    /// <summary>Tags by which the answer can be invalidated beside its key. Return a static instance where there are none.</summary>
    IReadOnlyList<string> Tags => [];

    /// <summary>What this caller asks of the cache; never part of the key.</summary>
    CacheReadOptions ReadOptions => default;
}

/// <summary>
/// A query whose answer is cached: looked up first, loaded by its handler where it is not there, and served stale, marked,
/// where the origin fails for a while. Freshness travels with the value.
/// </summary>
/// <typeparam name="T">The answer: an immutable type that survives JSON.</typeparam>
public interface ICacheableQuery<T> : IRequest<Cached<T>>, ICacheableQuery;

/// <summary>
/// Loads the answer of a cacheable query from the origin. Runs in a scope of its own and for every waiter at once, so it
/// depends on nothing but what is in the query: no current user, no request.
/// </summary>
/// <typeparam name="TQuery">The query.</typeparam>
/// <typeparam name="T">The answer.</typeparam>
public interface ICacheableQueryHandler<TQuery, T> : IRequestHandler<TQuery, Cached<T>>
    where TQuery : ICacheableQuery<T>
{
    /// <summary>Reads the origin.</summary>
    Task<LoadResult<T>> LoadAsync(TQuery query, CancellationToken cancellationToken);

    /// <summary>Answers without a cache: only reached where the caching behaviour is not registered.</summary>
    async Task<Cached<T>> IRequestHandler<TQuery, Cached<T>>.Handle(TQuery request, CancellationToken cancellationToken)
    {
        var loaded = await LoadAsync(request, cancellationToken).ConfigureAwait(false);
        return new Cached<T>(loaded.Value, Freshness.Uncached(loaded.FailedOperations));
    }
}
