namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>A value and how fresh it is. Immutable; one instance may be handed to many callers.</summary>
/// <typeparam name="T">The value.</typeparam>
/// <param name="Value">The value; null is a value like any other.</param>
/// <param name="Freshness">How fresh it is.</param>
public sealed record Cached<T>(T Value, Freshness Freshness)
{
    /// <summary>A complete value that no cache has seen: what the method behind a caching decorator answers with.</summary>
    public static implicit operator Cached<T>(T value) => new(value, Freshness.Uncached([]));
}

/// <summary>What a load brought.</summary>
/// <typeparam name="T">The value.</typeparam>
/// <param name="Value">The value; null is a value like any other.</param>
/// <param name="FailedOperations">The names of the sections that could not be read; empty when the value is complete.</param>
public readonly record struct LoadResult<T>(T Value, IReadOnlyList<string> FailedOperations)
{
    /// <summary>A complete value.</summary>
    public static implicit operator LoadResult<T>(T value) => new(value, []);

    /// <summary>
    /// How this value is stored, where that depends on it: an empty answer for a shorter time, another one not at all. Takes the place of the query's policy in
    /// all that concerns storing (lives, jitter, eager refresh, tiers); null: the query's.
    /// </summary>
    public CachePolicy? Policy { get; init; }

    /// <summary>Whether a section is missing.</summary>
    public bool IsPartial => FailedOperations.Count > 0;

    /// <summary>A complete value.</summary>
    public static LoadResult<T> Complete(T value) => new(value, []);
}
