namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>
/// Caches the answers of an interface's method, once the interface is registered with <c>AddCached</c>. The method returns <c>Task&lt;T&gt;</c> or <c>ValueTask&lt;T&gt;</c>,
/// which never serve stale since they cannot carry the mark, or either of <see cref="Cached{T}"/>, which may. Its key is the prefix and every argument but the cancellation token, which
/// is the load's own, and <see cref="CacheReadOptions"/>, which say what this caller asks of the cache. What cannot be cached is refused when it is registered.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CachedAttribute : Attribute
{
    /// <summary>How long an answer is fresh, in seconds; more than zero, capped by the longest entry life. Left out: the configured default.</summary>
    public double TtlSeconds { get; set; } = double.NaN;

    /// <summary>
    /// How long after that it may be served, marked, when the method fails for a while, in seconds; zero or more. Only for methods that return <see cref="Cached{T}"/>. Left out: the
    /// configured default.
    /// </summary>
    public double StaleSeconds { get; set; } = double.NaN;

    /// <summary>
    /// What the keys begin with: letters, digits and <c>. _ ~ / : -</c>, at most 200 characters. No other key may begin with it and a colon. Left out: the names of interface and method.
    /// Every key of the method matches <c>prefix:*</c>.
    /// </summary>
    public string? KeyPrefix { get; set; }

    /// <summary>Tags by which the answers can be invalidated beside their keys. The same for every call.</summary>
    public string[] Tags { get; set; } = [];
}
