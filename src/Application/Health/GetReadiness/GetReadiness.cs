using MediatR;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;

namespace NeuroLab.Application.Health;

/// <summary>Whether the service can answer, degraded included.</summary>
public sealed record GetReadiness : IQuery<ReadinessResponse>;

/// <summary>Whether the service can answer.</summary>
/// <param name="Ready">Whether it can: from the database, from Redis or from memory.</param>
/// <param name="Status">healthy, degraded or unhealthy.</param>
public sealed record ReadinessResponse(bool Ready, string Status);

internal sealed class GetReadinessHandler(IDatabaseHealth databaseHealth, ICacheAdministration cache) : IRequestHandler<GetReadiness, ReadinessResponse>
{
    public async Task<ReadinessResponse> Handle(GetReadiness request, CancellationToken cancellationToken)
    {
        var asking = cache.GetDistributedStatusAsync(cancellationToken);
        var database = await databaseHealth.CheckAsync(cancellationToken).ConfigureAwait(false);
        var status = HealthChecks.Overall(database, await asking.ConfigureAwait(false), cache);
        return new ReadinessResponse(status != HealthChecks.Unhealthy, status);
    }
}
