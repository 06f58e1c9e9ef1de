using MediatR;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;

namespace NeuroLab.Application.CacheAdministration;

/// <summary>How the tiers of the cache are. Leaves no key behind.</summary>
public sealed record GetCacheHealth : IQuery<CacheHealthResponse>;

internal sealed class GetCacheHealthHandler(ICacheAdministration cache, TimeProvider clock) : IRequestHandler<GetCacheHealth, CacheHealthResponse>
{
    private const double MillisecondsPerSecond = 1000;

    public async Task<CacheHealthResponse> Handle(GetCacheHealth request, CancellationToken cancellationToken)
    {
        var redis = await cache.GetDistributedStatusAsync(cancellationToken).ConfigureAwait(false);
        return new CacheHealthResponse(
            new TierHealthResponse("healthy"),
            new TierHealthResponse(redis.Status),
            redis.Status is "healthy" or "disabled" ? "healthy" : "degraded",
            clock.GetUtcNow().ToUnixTimeMilliseconds() / MillisecondsPerSecond);
    }
}
