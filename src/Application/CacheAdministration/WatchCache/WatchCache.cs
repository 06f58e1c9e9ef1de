using MediatR;
using NeuroLab.Application.Abstractions.Messaging;

namespace NeuroLab.Application.CacheAdministration;

/// <summary>Begins to watch the cache from this node: how the nodes are, and what happens as it happens.</summary>
/// <param name="LastEventId">The id of the last event that the watcher has, where it watched before; null: it begins with what happens next.</param>
public sealed record WatchCache(string? LastEventId) : IQuery<ICacheWatch>;

internal sealed class WatchCacheHandler(ICacheObservatory observatory) : IRequestHandler<WatchCache, ICacheWatch>
{
    public Task<ICacheWatch> Handle(WatchCache request, CancellationToken cancellationToken) => Task.FromResult(observatory.Watch(request.LastEventId));
}
