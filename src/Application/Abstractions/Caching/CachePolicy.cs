namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>
/// How one kind of value is cached. Null means the configured default (section <c>Cache</c>). Immutable; make one static instance a query.
/// </summary>
public sealed record CachePolicy
{
    /// <summary>Every default.</summary>
    public static CachePolicy Default { get; } = new();

    /// <summary>How long the value is fresh; more than zero, capped by the longest entry life. A jitter may shorten it.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>How long after that it may be served, marked, when the origin fails; zero or more.</summary>
    public TimeSpan? StaleWindow { get; init; }

    /// <summary>Whether a stale copy may be served at all.</summary>
    public bool AllowStale { get; init; } = true;

    /// <summary>How long a caller waits for a load when a copy expired by time alone is there; more than zero.</summary>
    public TimeSpan? SoftTimeout { get; init; }

    /// <summary>How long a load may take at all; more than zero.</summary>
    public TimeSpan? HardTimeout { get; init; }
}

/// <summary>What one caller asks of the cache. The default asks for nothing special.</summary>
/// <param name="ForceRefresh">Answer from the origin and store it; when the origin fails, fall back like any load.</param>
/// <param name="After">Reflect at least the write that this token names.</param>
public readonly record struct CacheReadOptions(bool ForceRefresh = false, ConsistencyToken? After = null);
