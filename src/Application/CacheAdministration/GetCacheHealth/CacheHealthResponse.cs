namespace NeuroLab.Application.CacheAdministration;

/// <summary>How the tiers of the cache are.</summary>
/// <param name="MemoryCache">The memory tier; <c>healthy</c> wherever the process can answer.</param>
/// <param name="RedisCache">The shared tier: healthy, unavailable, error or disabled.</param>
/// <param name="OverallStatus">healthy, or degraded where a configured tier cannot be used.</param>
/// <param name="Timestamp">When, in seconds since 1970.</param>
public sealed record CacheHealthResponse(TierHealthResponse MemoryCache, TierHealthResponse RedisCache, string OverallStatus, double Timestamp);

/// <summary>How one tier is.</summary>
/// <param name="Status">In one word.</param>
public sealed record TierHealthResponse(string Status);
