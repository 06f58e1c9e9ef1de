using MediatR;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;

namespace NeuroLab.Application.Behaviours;

/// <summary>
/// Answers a cacheable query from the cache; where it is not there its handler is asked, in a scope of its own and once for all who
/// wait. The rest of this caller's pipeline is therefore not run: what the handler needs is in the query.
/// </summary>
internal sealed class CachingBehavior<TQuery, T>(ICache cache) : IPipelineBehavior<TQuery, Cached<T>>
    where TQuery : ICacheableQuery<T>
{
    private static readonly CacheLoader<TQuery, T> Load = static (query, services, cancellationToken) =>
    {
        var handler = services.GetService(typeof(IRequestHandler<TQuery, Cached<T>>)) as ICacheableQueryHandler<TQuery, T>
            ?? throw new InvalidOperationException($"{typeof(TQuery).Name} has no handler that implements ICacheableQueryHandler.");
        return handler.LoadAsync(query, cancellationToken);
    };

    public Task<Cached<T>> Handle(TQuery request, CancellationToken cancellationToken, RequestHandlerDelegate<Cached<T>> next) =>
        cache.GetOrLoadAsync(request.Key, request, Load, request.Policy, request.Tags, request.ReadOptions, cancellationToken).ToTask();
}
