using MediatR;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Common;

namespace NeuroLab.Application.Health;

/// <summary>How the tiers of the cache are, with response times. Never unhealthy: memory answers wherever the process does.</summary>
public sealed record GetCacheTierHealth : IQuery<ServiceHealthResponse>;

internal sealed class GetCacheTierHealthHandler(ICacheAdministration cache, TimeProvider clock)
    : IRequestHandler<GetCacheTierHealth, ServiceHealthResponse>
{
    public async Task<ServiceHealthResponse> Handle(GetCacheTierHealth request, CancellationToken cancellationToken)
    {
        var redis = await cache.GetDistributedStatusAsync(cancellationToken).ConfigureAwait(false);
        var freshness = HealthChecks.Freshness(cache);
        return new ServiceHealthResponse(
            "cache",
            HealthChecks.IsAsConfigured(redis) && freshness.Status == HealthChecks.Healthy ? HealthChecks.Healthy : HealthChecks.Degraded,
            clock.UtcNow(),
            new Dictionary<string, HealthCheckResponse>
            {
                ["memory_cache"] = HealthChecks.Memory(cache.GetStatistics()),
                ["redis_cache"] = HealthChecks.Of(redis),
                ["freshness"] = freshness,
            });
    }
}
