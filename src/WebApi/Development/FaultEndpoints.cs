using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Development;
using NeuroLab.WebApi.Http;

namespace NeuroLab.WebApi.Development;

/// <summary>Stops the database or Redis for this process, to be watched; for anyone who is signed in.</summary>
internal static class FaultEndpoints
{
    private const string Running = "running";
    private const string Stopped = "stopped";
    private const string Absent = "absent";

    /// <summary>Maps the endpoints.</summary>
    public static void MapFaults(this IEndpointRouteBuilder routes)
    {
        // Not described: the description is of what every build serves, and clients are generated from it.
        var faults = routes.MapGroup("/api/development/faults").RequireAuthorization().ExcludeFromDescription();
        faults.MapGet("", (FaultSwitches switches, IDistributedTier redis) => Answer(switches, redis));
        faults.MapPut("", SetAsync);
    }

    private static async Task<IResult> SetAsync(HttpContext http, FaultSwitches switches, IDistributedTier redis)
    {
        var body = await JsonBody.ReadAsync<FaultsBody>(http);
        var errors = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        Check("database", body.Database);
        Check("redis", body.Redis);
        if (body.Redis is not null && !redis.IsConfigured)
        {
            errors["redis"] = ["There is none: REDIS_URL is not set."];
        }

        if (errors.Count > 0)
        {
            throw new RequestValidationException(errors);
        }

        switches.DatabaseIsStopped = body.Database is null ? switches.DatabaseIsStopped : body.Database == Stopped;
        switches.RedisIsStopped = body.Redis is null ? switches.RedisIsStopped : body.Redis == Stopped;
        return Answer(switches, redis);

        void Check(string store, string? state)
        {
            if (state is not (null or Running or Stopped))
            {
                errors[store] = [$"Must be {Running} or {Stopped}."];
            }
        }
    }

    private static IResult Answer(FaultSwitches switches, IDistributedTier redis) => Results.Json(
        new FaultsResponse(State(switches.DatabaseIsStopped), redis.IsConfigured ? State(switches.RedisIsStopped) : Absent), ApiJson.Options);

    private static string State(bool isStopped) => isStopped ? Stopped : Running;
}

/// <summary>What is to be stopped, and what is to run again.</summary>
/// <param name="Database"><c>running</c> or <c>stopped</c>; null, or left out: as it is.</param>
/// <param name="Redis">The same of Redis; refused where none is configured.</param>
internal sealed record FaultsBody(string? Database = null, string? Redis = null);

/// <summary>Which stores are stopped for this process.</summary>
/// <param name="Database"><c>running</c> or <c>stopped</c>.</param>
/// <param name="Redis"><c>running</c>, <c>stopped</c>, or <c>absent</c> where none is configured.</param>
internal sealed record FaultsResponse(string Database, string Redis);
