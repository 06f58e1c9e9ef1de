namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>Where an answer came from.</summary>
public enum CacheSource
{
    /// <summary>This process's memory.</summary>
    Memory,

    /// <summary>Redis.</summary>
    Redis,

    /// <summary>The query's handler.</summary>
    Origin,

    /// <summary>A copy, of any tier, that is older than its freshness allows.</summary>
    Stale,
}

/// <summary>Why a stale copy was served.</summary>
public enum StaleReason
{
    /// <summary>The origin failed.</summary>
    OriginError,

    /// <summary>The origin did not answer in time.</summary>
    OriginTimeout,

    /// <summary>The origin is known to be failing and was not asked.</summary>
    CircuitOpen,

    /// <summary>The copy is inside its life, but the journal could not be read to know that it still holds.</summary>
    Unverified,
}

/// <summary>How fresh an answer is. Immutable. Times are UTC.</summary>
public sealed record Freshness
{
    /// <summary>Where the answer came from.</summary>
    public required CacheSource Source { get; init; }

    /// <summary>When the value was loaded from the origin.</summary>
    public required DateTime CachedAt { get; init; }

    /// <summary>Until when it is, or was, fresh.</summary>
    public required DateTime FreshUntil { get; init; }

    /// <summary>Why it is served although it is stale; null when it is not.</summary>
    public StaleReason? StaleReason { get; init; }

    /// <summary>Whether a write has overtaken the stale copy.</summary>
    public bool Invalidated { get; init; }

    /// <summary>The sections that could not be read; empty when the value is complete.</summary>
    public IReadOnlyList<string> FailedOperations { get; init; } = [];

    /// <summary>Whether it was served although it is older than its freshness allows.</summary>
    public bool IsStale => Source == CacheSource.Stale;

    /// <summary>Whether a section is missing.</summary>
    public bool IsPartial => FailedOperations.Count > 0;

    /// <summary>Whether it came from a tier of the cache, fresh or stale.</summary>
    public bool IsHit => Source != CacheSource.Origin;

    /// <summary>The freshness of an answer that no cache has seen.</summary>
    public static Freshness Uncached(IReadOnlyList<string> failedOperations) => new()
    {
        Source = CacheSource.Origin,
        CachedAt = TimeProvider.System.GetUtcNow().UtcDateTime,
        FreshUntil = TimeProvider.System.GetUtcNow().UtcDateTime,
        FailedOperations = failedOperations,
    };
}
