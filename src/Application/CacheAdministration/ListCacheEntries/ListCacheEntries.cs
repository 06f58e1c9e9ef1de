using MediatR;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;

namespace NeuroLab.Application.CacheAdministration;

/// <summary>Entries of both tiers, without their values.</summary>
/// <param name="Pattern">A glob over keys; null: every key.</param>
/// <param name="Limit">How many at most, memory's first, 1 to 1000.</param>
public sealed record ListCacheEntries(string? Pattern, int Limit) : IQuery<CacheEntriesResponse>;

internal sealed class ListCacheEntriesHandler(ICacheAdministration cache) : IRequestHandler<ListCacheEntries, CacheEntriesResponse>
{
    public async Task<CacheEntriesResponse> Handle(ListCacheEntries request, CancellationToken cancellationToken)
    {
        var pattern = request.Pattern is null ? CachePattern.All : CachePattern.Glob(request.Pattern);
        var (entries, isComplete) = await cache.ListAsync(pattern, request.Limit, cancellationToken).ConfigureAwait(false);
        return new CacheEntriesResponse(entries, entries.Count, isComplete ? entries.Count : await cache.CountAsync(pattern, cancellationToken).ConfigureAwait(false));
    }
}
