using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.UnitTests.WebApi;

internal static class Samples
{
    public static readonly DateTime Now = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    public static Freshness Fresh(CacheSource source) => new() { Source = source, CachedAt = Now.AddSeconds(-88.5), FreshUntil = Now.AddSeconds(211.75) };

    public static Freshness Stale(StaleReason reason) => new()
    {
        Source = CacheSource.Stale, CachedAt = Now.AddSeconds(-400), FreshUntil = Now.AddSeconds(-99.5), StaleReason = reason,
    };
}
