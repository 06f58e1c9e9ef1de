using MediatR;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;

namespace NeuroLab.Application.Health;

/// <summary>How the service is as a whole.</summary>
public sealed record GetServiceHealth : IQuery<ServiceHealthResponse>;

internal sealed class GetServiceHealthHandler(IDatabaseHealth databaseHealth, ICacheAdministration cache, TimeProvider clock)
    : IRequestHandler<GetServiceHealth, ServiceHealthResponse>
{
    public async Task<ServiceHealthResponse> Handle(GetServiceHealth request, CancellationToken cancellationToken)
    {
        var asking = cache.GetDistributedStatusAsync(cancellationToken);
        var database = await databaseHealth.CheckAsync(cancellationToken).ConfigureAwait(false);
        var redis = await asking.ConfigureAwait(false);
        return new ServiceHealthResponse(
            "neurolab",
            HealthChecks.Overall(database, redis, cache),
            clock.UtcNow(),
            new Dictionary<string, HealthCheckResponse>
            {
                ["database"] = HealthChecks.Of(database),
                ["memory_cache"] = HealthChecks.Memory(cache.GetStatistics()),
                ["redis_cache"] = HealthChecks.Of(redis),
            });
    }
}
