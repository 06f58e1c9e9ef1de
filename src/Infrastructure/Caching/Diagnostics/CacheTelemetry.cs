namespace NeuroLab.Infrastructure.Caching.Diagnostics;

/// <summary>
/// The names by which the cache is observed. Attributes tell apart few things that are known beforehand: never a key, a user, a pattern or a tag.
/// </summary>
public static class CacheTelemetry
{
    /// <summary>The name of the meter and of the source of spans.</summary>
    public const string Name = "NeuroLab.Cache";

    /// <summary>By what a request was answered.</summary>
    public const string Result = "neurolab.cache.result";

    /// <summary>Which tier: <c>memory</c> or <c>redis</c>.</summary>
    public const string Tier = "neurolab.cache.tier";

    /// <summary>How something ended.</summary>
    public const string Outcome = "neurolab.cache.outcome";

    /// <summary>Why a stale copy was served, or why something failed.</summary>
    public const string Reason = "neurolab.cache.reason";

    /// <summary>Whether a write has overtaken a stale copy that was served: <c>true</c> or <c>false</c>.</summary>
    public const string Invalidated = "neurolab.cache.invalidated";

    /// <summary>What an invalidation names: <c>pattern</c> or <c>tag</c>.</summary>
    public const string Target = "neurolab.cache.target";

    /// <summary>Whether an invalidation is a purge: <c>true</c> or <c>false</c>.</summary>
    public const string Purge = "neurolab.cache.purge";

    /// <summary>Which store a breaker protects: <c>database</c> or <c>redis</c>.</summary>
    public const string Store = "neurolab.cache.store";

    /// <summary>What Redis was asked to do.</summary>
    public const string Operation = "neurolab.cache.operation";

    /// <summary>The name of a query's type. Of spans alone.</summary>
    public const string Query = "neurolab.cache.query";
}
