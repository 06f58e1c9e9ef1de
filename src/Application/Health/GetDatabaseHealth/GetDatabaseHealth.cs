using MediatR;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;

namespace NeuroLab.Application.Health;

/// <summary>How the database is.</summary>
public sealed record GetDatabaseHealth : IQuery<ServiceHealthResponse>;

internal sealed class GetDatabaseHealthHandler(IDatabaseHealth databaseHealth, TimeProvider clock)
    : IRequestHandler<GetDatabaseHealth, ServiceHealthResponse>
{
    public async Task<ServiceHealthResponse> Handle(GetDatabaseHealth request, CancellationToken cancellationToken)
    {
        var check = HealthChecks.Of(await databaseHealth.CheckAsync(cancellationToken).ConfigureAwait(false));
        return new ServiceHealthResponse("database", check.Status, clock.UtcNow(), new Dictionary<string, HealthCheckResponse> { ["database"] = check });
    }
}
