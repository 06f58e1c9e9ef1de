using MediatR;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;

namespace NeuroLab.Application.CacheAdministration;

/// <summary>What a cached answer is on this node, in each tier; whether it is fresh, and if not, why.</summary>
/// <param name="Key">Its key, without prefix, as the list of entries names it.</param>
public sealed record ExplainCacheEntry(string Key) : IQuery<CacheExplanation>;

internal sealed class ExplainCacheEntryHandler(ICacheAdministration cache) : IRequestHandler<ExplainCacheEntry, CacheExplanation>
{
    public Task<CacheExplanation> Handle(ExplainCacheEntry request, CancellationToken cancellationToken) =>
        cache.ExplainAsync(CacheKey.Of(request.Key), cancellationToken);
}
