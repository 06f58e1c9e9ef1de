using System.Text.Json.Serialization;
using MediatR;
using NeuroLab.Application.Abstractions.Auditing;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.CacheAdministration;
using NeuroLab.WebApi.Http;
using NeuroLab.WebApi.OpenApi;
using NeuroLab.WebApi.Security;
using NeuroLab.WebApi.Streaming;

namespace NeuroLab.WebApi.Endpoints;

/// <summary>The administration of the cache.</summary>
internal static class CacheEndpoints
{
    private static readonly TextParameter Pattern = new("pattern", "A glob over keys; every key where it is left out.", CachePattern.MaxLength);
    private static readonly TextParameter Key = new("key", "A key, as the list of entries shows it.", CacheKey.MaxLength) { IsRequired = true, Example = CacheKey.Owned("dashboard", BodyExamples.Owner, "summary").Value };
    private static readonly IntParameter Limit = new("limit", "How many of each tier.", 100, 1, 1000);

    /// <summary>Maps the endpoints.</summary>
    public static void MapCache(this IEndpointRouteBuilder routes)
    {
        var cache = routes.MapGroup("/api/cache").WithTags("Cache");
        cache.MapGet("/health", HealthAsync)
            .Describe("getCacheHealth", "How the tiers are.", new())
            .Produces<CacheHealthResponse>()
            .DisableRequestTimeout();

        var admin = cache.MapGroup("").RequireAuthorization(AuthenticationSetup.AdminPolicy);
        admin.MapGet("/stats", StatisticsAsync)
            .Audited(AuditAction.StatisticsRead)
            .Describe("getCacheStatistics", "Counts of this node since its start.", new())
            .Produces<CacheStatisticsResponse>();
        admin.MapGet("/stream", StreamAsync)
            .Audited(AuditAction.CacheWatch)
            .Describe("watchCache", "How the nodes are, every second, and invalidations and circuit breakers as they happen, as server-sent events.", new() { CanBeResumed = true })
            .Produces<CacheStreamEvents>(contentType: EventStreamResult.ContentType)
            .DisableRequestTimeout();
        admin.MapPost("/clear", ClearAsync)
            .Audited(AuditAction.CacheClear)
            .Describe("clearCache", "Purge matching entries in every tier on every node.", new() { Body = typeof(ClearCacheBody), AnswersWithToken = true })
            .Produces<ClearCacheResponse>();
        admin.MapPost("/warm", WarmAsync)
            .Audited(AuditAction.CacheWarm)
            .Describe("warmCache", "Load what a user asks first into the cache of this node, and into Redis.", new() { Body = typeof(WarmCacheBody), Problems = [404] })
            .Produces<WarmCacheResponse>();
        admin.MapGet("/entries", EntriesAsync)
            .Audited(AuditAction.EntriesRead)
            .Describe("listCacheEntries", "Entries of both tiers, without their values.", new() { Parameters = [Pattern, Limit] })
            .Produces<CacheEntriesResponse>();
        admin.MapGet("/explain", ExplainAsync)
            .Audited(AuditAction.EntriesRead)
            .Describe("explainCacheEntry", "What a cached answer is on this node, in each tier, and why a read would or would not be answered from it.", new() { Parameters = [Key] })
            .Produces<CacheExplanation>();
    }

    private static async Task<IResult> HealthAsync(HttpContext http, IMediator mediator) =>
        Results.Json(await mediator.Send(new GetCacheHealth(), http.RequestAborted), ApiJson.Options);

    private static async Task<IResult> StatisticsAsync(HttpContext http, IMediator mediator) =>
        Results.Json(await mediator.Send(new GetCacheStatistics(), http.RequestAborted), ApiJson.Options);

    private static async Task<IResult> StreamAsync(HttpContext http, IMediator mediator, StreamPlaces places, CacheStreams streams)
    {
        places.Take(http);
        var watch = await mediator.Send(new WatchCache(http.Request.Headers[ApiHeaders.LastEventId]), http.RequestAborted);
        return new EventStreamResult(streams.Of(watch, http.User));
    }

    private static async Task<IResult> ClearAsync(HttpContext http, IMediator mediator)
    {
        var body = await JsonBody.ReadAsync<ClearCacheBody>(http);
        return Results.Json(await mediator.CommandAsync(http, new ClearCache(body.Pattern) { By = http.AuditOrigin() }), ApiJson.Options);
    }

    private static async Task<IResult> WarmAsync(HttpContext http, IMediator mediator)
    {
        var body = await JsonBody.ReadAsync<WarmCacheBody>(http);
        return Results.Json(await mediator.CommandAsync(http, new WarmCache(body.User) { By = http.AuditOrigin() }), ApiJson.Options);
    }

    private static async Task<IResult> EntriesAsync(HttpContext http, IMediator mediator)
    {
        var query = QueryReader.Of(http);
        var entries = new ListCacheEntries(query.Text(Pattern), query.Int(Limit));
        query.ThrowIfInvalid();
        return Results.Json(await mediator.Send(entries, http.RequestAborted), ApiJson.Options);
    }

    private static async Task<IResult> ExplainAsync(HttpContext http, IMediator mediator)
    {
        var query = QueryReader.Of(http);
        var key = query.Text(Key);
        query.ThrowIfInvalid();
        return Results.Json(await mediator.Send(new ExplainCacheEntry(key!), http.RequestAborted), ApiJson.Options);
    }
}

/// <summary>Purges cached values.</summary>
/// <param name="Pattern">A glob over keys; <c>*</c> is every key of this application.</param>
internal sealed record ClearCacheBody(string Pattern);

/// <summary>Warms the cache for a user.</summary>
/// <param name="User">The account's e-mail address or id.</param>
internal sealed record WarmCacheBody(string User);

/// <summary>The data of the events of a stream: each has one of these members, that of its name, as its data. Events are told apart by <c>event</c>, and resumed after by <c>id</c>.</summary>
internal sealed record CacheStreamEvents
{
    /// <summary>Of <c>nodes</c>: at once and then every second. The first one's id says where the stream begins.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NodesEvent? Nodes { get; init; }

    /// <summary>Of <c>invalidation</c>: the node learnt of one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public InvalidationEvent? Invalidation { get; init; }

    /// <summary>Of <c>circuit</c>: a circuit breaker changed its state.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CircuitEvent? Circuit { get; init; }

    /// <summary>Of <c>gap</c>: events are missing, before the stream was resumed or because it is read too slowly.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public GapEvent? Gap { get; init; }
}
