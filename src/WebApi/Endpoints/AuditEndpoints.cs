using MediatR;
using NeuroLab.Application.Abstractions.Auditing;
using NeuroLab.Application.Auditing;
using NeuroLab.WebApi.Http;
using NeuroLab.WebApi.OpenApi;
using NeuroLab.WebApi.Security;

namespace NeuroLab.WebApi.Endpoints;

/// <summary>What administrators did.</summary>
internal static class AuditEndpoints
{
    private static readonly IntParameter Limit = new("limit", "How many of the newest.", 100, 1, 1000);

    /// <summary>Maps the endpoints.</summary>
    public static void MapAudit(this IEndpointRouteBuilder routes)
    {
        var admin = routes.MapGroup("/api/admin").WithTags("Administration").RequireAuthorization(AuthenticationSetup.AdminPolicy);
        admin.MapGet("/audit", ListAsync)
            .Audited(AuditAction.AuditRead)
            .Describe("listAuditEntries", "The newest entries of the audit log.", new() { Parameters = [Limit] })
            .Produces<AuditEntriesResponse>();
    }

    private static async Task<IResult> ListAsync(HttpContext http, IMediator mediator)
    {
        var query = QueryReader.Of(http);
        var entries = new ListAuditEntries(query.Int(Limit));
        query.ThrowIfInvalid();
        return Results.Json(await mediator.Send(entries, http.RequestAborted), ApiJson.Options);
    }
}
