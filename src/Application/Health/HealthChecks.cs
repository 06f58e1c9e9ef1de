using System.Globalization;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Persistence;

namespace NeuroLab.Application.Health;

/// <summary>The judgements that the health queries share. Pure.</summary>
internal static class HealthChecks
{
    public const string Healthy = "healthy";
    public const string Degraded = "degraded";
    public const string Unhealthy = "unhealthy";
    private const string Disabled = "disabled";
    private const int MillisecondDecimals = 3;

    /// <summary>The database as a check.</summary>
    public static HealthCheckResponse Of(DatabaseStatus database) => new(
        database.Available ? Healthy : Unhealthy,
        Milliseconds(database.ResponseTime),
        $"{database.Provider}, circuit {database.Circuit}");

    /// <summary>The shared tier as a check.</summary>
    public static HealthCheckResponse Of(DistributedTierStatus redis) => new(redis.Status, Milliseconds(redis.ResponseTime), null);

    /// <summary>The memory tier as a check: it is there wherever the process is.</summary>
    public static HealthCheckResponse Memory(CacheStatistics counts) =>
        new(Healthy, null, string.Create(CultureInfo.InvariantCulture, $"{counts.TotalEntries} entries"));

    /// <summary>Whether copies may be called fresh, as a check.</summary>
    public static HealthCheckResponse Freshness(ICacheAdministration cache) =>
        cache.IsVerified ? new(Healthy, null, null) : new(Degraded, null, "Cached answers cannot be verified now and are marked stale.");

    /// <summary>Whether the shared tier is as it should be: it answers, or nobody configured it.</summary>
    public static bool IsAsConfigured(DistributedTierStatus redis) => redis.Status is Healthy or Disabled;

    /// <summary>
    /// The service as a whole: unhealthy when the database is down and nothing is left to answer from, or when it has not been reached since the start;
    /// degraded when anything is not as it should be.
    /// </summary>
    public static string Overall(DatabaseStatus database, DistributedTierStatus redis, ICacheAdministration cache)
    {
        if (!database.Available)
        {
            // Before the first contact what lies in Redis helps nobody: the key by which callers are recognised may be in the database as well.
            var known = cache.SinceVerified is not null;
            return known && (redis.Available || cache.GetStatistics().TotalEntries > 0) ? Degraded : Unhealthy;
        }

        return IsAsConfigured(redis) ? Healthy : Degraded;
    }

    private static double? Milliseconds(TimeSpan? time) => time is { } taken ? Math.Round(taken.TotalMilliseconds, MillisecondDecimals) : null;
}
