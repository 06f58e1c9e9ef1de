using MediatR;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Health;
using NeuroLab.WebApi.Http;
using NeuroLab.WebApi.OpenApi;

namespace NeuroLab.WebApi.Endpoints;

/// <summary>How the service is; open to anyone.</summary>
internal static class HealthEndpoints
{
    private const string Unhealthy = "unhealthy";

    /// <summary>Maps the endpoints.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        // Each check is bounded in time by itself, and says what it found: nothing is to answer in its place.
        var probes = routes.MapGroup("/health").WithTags("Health");
        probes.DisableRequestTimeout();
        probes.MapGet("/live", () => Results.Json(new LivenessResponse("healthy"), ApiJson.Options))
            .Describe("isLive", "Whether the process answers.", new())
            .Produces<LivenessResponse>();
        probes.MapGet("/ready", ReadyAsync)
            .Describe("isReady", "Whether it can answer requests, degraded included.", new())
            .Produces<ReadinessResponse>()
            .Produces<ReadinessResponse>(StatusCodes.Status503ServiceUnavailable);

        var health = routes.MapGroup("/api/dashboard/health").WithTags("Health");
        health.DisableRequestTimeout();
        health.MapGet("", (HttpContext http, IMediator mediator) => AnswerAsync(http, mediator, new GetServiceHealth()))
            .DescribeHealth("getHealth", "How the service is as a whole.");
        health.MapGet("/database", (HttpContext http, IMediator mediator) => AnswerAsync(http, mediator, new GetDatabaseHealth()))
            .DescribeHealth("getDatabaseHealth", "How the database is.");
        health.MapGet("/cache", (HttpContext http, IMediator mediator) => AnswerAsync(http, mediator, new GetCacheTierHealth()))
            .DescribeHealth("getCacheTierHealth", "How the tiers of the cache are, with response times.");
    }

    private static void DescribeHealth(this RouteHandlerBuilder endpoint, string name, string summary) => endpoint
        .Describe(name, summary, new())
        .Produces<ServiceHealthResponse>()
        .Produces<ServiceHealthResponse>(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> ReadyAsync(HttpContext http, IMediator mediator, IHostApplicationLifetime lifetime)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // What is under way is still answered; who asks here is to send the rest elsewhere.
            return Results.Json(new ReadinessResponse(false, Unhealthy), ApiJson.Options, statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        var readiness = await mediator.Send(new GetReadiness(), http.RequestAborted);
        return Results.Json(readiness, ApiJson.Options, statusCode: readiness.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<IResult> AnswerAsync(HttpContext http, IMediator mediator, IQuery<ServiceHealthResponse> query)
    {
        var health = await mediator.Send(query, http.RequestAborted);
        return Results.Json(health, ApiJson.Options, statusCode: health.Status == Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }
}

/// <summary>That the process answers.</summary>
/// <param name="Status">Always healthy.</param>
internal sealed record LivenessResponse(string Status);
