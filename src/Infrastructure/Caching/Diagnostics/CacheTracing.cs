using System.Diagnostics;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Persistence.Model;

namespace NeuroLab.Infrastructure.Caching.Diagnostics;

/// <summary>
/// The cache's spans: what a request waited for. A hit in memory has none, it would cost more than the hit. Where nobody listens there are none at all, and
/// nothing is allocated. They hold the tier, the outcome, the reason and the type of the query; never a key. Thread-safe.
/// </summary>
internal static class CacheTracing
{
    /// <summary>Memory was looked into, and could not answer at once; the journal may have been waited for.</summary>
    public const string MemoryRead = "cache.memory.read";

    /// <summary>Redis was asked for a value.</summary>
    public const string RedisRead = "cache.redis.read";

    /// <summary>Redis was given a value.</summary>
    public const string RedisWrite = "cache.redis.write";

    /// <summary>A value is found or loaded, for whoever waits: from the look into Redis to the write to Redis.</summary>
    public const string Load = "cache.load";

    /// <summary>The turn to load among the nodes is waited for.</summary>
    public const string Turn = "cache.turn";

    /// <summary>The handler runs.</summary>
    public const string Origin = "cache.origin";

    /// <summary>A load that another request began is waited for; it links to that load.</summary>
    public const string Wait = "cache.wait";

    /// <summary>The journal is read, for a request.</summary>
    public const string JournalRead = "cache.journal.read";

    private static readonly ActivitySource Source = new(CacheTelemetry.Name);

    /// <summary>Begins a span below the one that is under way.</summary>
    /// <returns>Null where nobody listens.</returns>
    public static Activity? Start(string name, ActivityKind kind = ActivityKind.Internal) => Source.StartActivity(name, kind);

    /// <summary>Begins the span of a load below that of the request that began it, on whatever thread it runs.</summary>
    /// <param name="parent">The request's; the default where it has none.</param>
    public static Activity? StartLoad(ActivityContext parent) => Source.StartActivity(Load, ActivityKind.Internal, parent);

    /// <summary>Begins a span where there is one under way to put it below: what is done every quarter of a second, for nobody, has none.</summary>
    public static Activity? StartBelow(string name) => Activity.Current is null ? null : Source.StartActivity(name);

    /// <summary>Notes how it ended.</summary>
    public static void End<T>(this Activity? span, T outcome)
        where T : struct, Enum => span?.SetTag(CacheTelemetry.Outcome, SnakeCaseEnumConverter<T>.Names.ToText(outcome));

    /// <summary>Notes that it failed.</summary>
    public static void Fail(this Activity? span, string outcome) => span?.SetTag(CacheTelemetry.Outcome, outcome).SetStatus(ActivityStatusCode.Error);

    /// <summary>Notes with what a load, or a request, is answered.</summary>
    public static void Answer(this Activity? span, CacheSource source, StaleReason? reason, bool invalidated)
    {
        if (span is null)
        {
            return;
        }

        span.SetTag(CacheTelemetry.Outcome, SnakeCaseEnumConverter<CacheSource>.Names.ToText(source));
        if (reason is { } why)
        {
            span.SetTag(CacheTelemetry.Reason, SnakeCaseEnumConverter<StaleReason>.Names.ToText(why)).SetTag(CacheTelemetry.Invalidated, invalidated);
        }
    }
}
