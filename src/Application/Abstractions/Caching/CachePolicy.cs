using System.Runtime.CompilerServices;

namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>
/// How one kind of value is cached. Null means the configured default (section <c>Cache</c>). Immutable; make one static instance a query.
/// A value out of bounds is refused with an <see cref="ArgumentException"/> that names the property.
/// </summary>
public sealed record CachePolicy
{
    /// <summary>Every default.</summary>
    public static CachePolicy Default { get; } = new();

    /// <summary>In this process alone: Redis is neither asked nor told, and no other node is waited for.</summary>
    public static CachePolicy MemoryOnly { get; } = new() { ReadFrom = CacheTiers.Memory, StoreIn = CacheTiers.Memory };

    /// <summary>Answered and not stored. Meant for <see cref="LoadResult{T}.Policy"/>.</summary>
    public static CachePolicy NoStore { get; } = new() { StoreIn = CacheTiers.None };

    /// <summary>How long the value is fresh; more than zero, capped by the longest entry life. A jitter may shorten it.</summary>
    public TimeSpan? TimeToLive { get; init => field = Positive(value); }

    /// <summary>
    /// The value stays fresh only while it is read at least this often, and never beyond its time to live; more than zero. Null: for its time to live, read or not.
    /// Other nodes learn of reads here to within half of it.
    /// </summary>
    public TimeSpan? SlidingExpiration { get; init => field = Positive(value); }

    /// <summary>How long after that it may be served, marked, when the origin fails; zero or more.</summary>
    public TimeSpan? StaleWindow { get; init => field = NotNegative(value); }

    /// <summary>How long memory answers before Redis is asked again; more than zero. It has no part in what is fresh.</summary>
    public TimeSpan? MemoryTimeToLive { get; init => field = Positive(value); }

    /// <summary>By what share at most the time to live is shortened at random; 0 to below 1.</summary>
    public double? Jitter { get; init => field = Within(value, value is >= 0 and < 1, "0 or more and below 1"); }

    /// <summary>At what share of its time to live the value is refreshed behind the answer; above 0 to 1, where 1 turns it off.</summary>
    public double? EagerRefresh { get; init => field = Within(value, value is > 0 and <= 1, "above 0 and at most 1"); }

    /// <summary>Whether a stale copy may be served at all.</summary>
    public bool AllowStale { get; init; } = true;

    /// <summary>How long after a failed load the stale copy is served without trying again; zero or more, at most 30 days.</summary>
    public TimeSpan? FailureThrottle { get; init => field = Bounded(NotNegative(value)); }

    /// <summary>How long a caller waits for a load when a copy expired by time alone is there; more than zero, at most 30 days.</summary>
    public TimeSpan? SoftTimeout { get; init => field = Bounded(Positive(value)); }

    /// <summary>How long a load may take at all; more than zero, at most 30 days.</summary>
    public TimeSpan? HardTimeout { get; init => field = Bounded(Positive(value)); }

    /// <summary>The tiers that may answer, stale copies included. Without Redis no other node is waited for either.</summary>
    public CacheTiers ReadFrom { get; init; } = CacheTiers.All;

    /// <summary>The tiers that keep the value. What one of them held before stays there.</summary>
    public CacheTiers StoreIn { get; init; } = CacheTiers.All;

    private static TimeSpan? Positive(TimeSpan? value, [CallerMemberName] string name = "") => Within(value, value > TimeSpan.Zero, "more than zero", name);

    private static TimeSpan? NotNegative(TimeSpan? value, [CallerMemberName] string name = "") => Within(value, value >= TimeSpan.Zero, "zero or more", name);

    private static TimeSpan? Bounded(TimeSpan? value, [CallerMemberName] string name = "") => Within(value, value <= TimeSpan.FromDays(30), "at most 30 days", name);

    private static TValue? Within<TValue>(TValue? value, bool isWithin, string bounds, [CallerMemberName] string name = "")
        where TValue : struct =>
        value is null || isWithin ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} of a cache policy must be {bounds}.");
}

/// <summary>Tiers of the cache.</summary>
[Flags]
public enum CacheTiers
{
    /// <summary>Neither.</summary>
    None = 0,

    /// <summary>This process's memory.</summary>
    Memory = 1,

    /// <summary>Redis, which all nodes share.</summary>
    Redis = 2,

    /// <summary>Both.</summary>
    All = Memory | Redis,
}

/// <summary>What one caller asks of the cache. The default asks for nothing special.</summary>
/// <param name="ForceRefresh">Answer from the origin and store it; when the origin fails, fall back like any load.</param>
/// <param name="After">Reflect at least the write that this token names.</param>
public readonly record struct CacheReadOptions(bool ForceRefresh = false, ConsistencyToken? After = null);
