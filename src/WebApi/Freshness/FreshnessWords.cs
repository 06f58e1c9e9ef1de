using System.Globalization;
using NeuroLab.Application.Abstractions.Caching;
using CacheFreshness = NeuroLab.Application.Abstractions.Caching.Freshness;

namespace NeuroLab.WebApi.Freshness;

/// <summary>Freshness in the words of the contract. Ages and remaining lives are never negative, whatever the clocks say.</summary>
internal static class FreshnessWords
{
    /// <summary>Where the answer came from.</summary>
    public static string Name(CacheSource source) => source switch
    {
        CacheSource.Memory => "memory",
        CacheSource.Redis => "redis",
        CacheSource.Origin => "origin",
        _ => "stale",
    };

    /// <summary>Why a stale copy was served.</summary>
    public static string Name(StaleReason reason) => reason switch
    {
        StaleReason.OriginTimeout => "origin_timeout",
        StaleReason.CircuitOpen => "circuit_open",
        StaleReason.Unverified => "unverified",
        _ => "origin_error",
    };

    /// <summary>Seconds since the value was loaded.</summary>
    public static double Age(CacheFreshness freshness, DateTime now) => MillisecondsOfAge(freshness, now) / 1000d;

    /// <summary>The same, in thousandths.</summary>
    public static long MillisecondsOfAge(CacheFreshness freshness, DateTime now) => NotNegative(now - freshness.CachedAt);

    /// <summary>Seconds for which the value is still fresh.</summary>
    public static double TimeToLive(CacheFreshness freshness, DateTime now) => MillisecondsToLive(freshness, now) / 1000d;

    /// <summary>The same, in thousandths.</summary>
    public static long MillisecondsToLive(CacheFreshness freshness, DateTime now) => NotNegative(freshness.FreshUntil - now);

    /// <summary><c>Age</c>: whole seconds.</summary>
    public static string AgeHeader(CacheFreshness freshness, DateTime now) => ((long)Age(freshness, now)).ToString(CultureInfo.InvariantCulture);

    /// <summary><c>Cache-Status</c> (RFC 9211).</summary>
    public static string CacheStatus(CacheFreshness freshness, bool forced, DateTime now)
    {
        var ttl = (long)TimeToLive(freshness, now);
        return freshness.Source switch
        {
            CacheSource.Memory or CacheSource.Redis => string.Create(CultureInfo.InvariantCulture, $"NeuroLab; hit; ttl={ttl}; detail={Name(freshness.Source)}"),
            CacheSource.Origin => string.Create(CultureInfo.InvariantCulture, $"NeuroLab; fwd={(forced ? "request" : "miss")}{(ttl > 0 ? "; stored" : "")}; ttl={ttl}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"NeuroLab; fwd=stale; ttl={StaleFor(freshness, now)}; detail={Name(freshness.StaleReason ?? StaleReason.OriginError)}"),
        };
    }

    /// <summary><c>Cache-Control</c>: a client may keep a good answer and must ask; it keeps no other.</summary>
    public static string CacheControl(CacheFreshness freshness) => freshness.IsStale || freshness.IsPartial ? "private, no-store" : "private, no-cache";

    /// <summary>RFC 9211: what is past its freshness has a negative ttl. A copy that only could not be verified has none left.</summary>
    private static long StaleFor(CacheFreshness freshness, DateTime now) => Math.Min(0, (long)Math.Floor((freshness.FreshUntil - now).TotalSeconds));

    private static long NotNegative(TimeSpan time) => time > TimeSpan.Zero ? (time.Ticks + (TimeSpan.TicksPerMillisecond / 2)) / TimeSpan.TicksPerMillisecond : 0;
}
