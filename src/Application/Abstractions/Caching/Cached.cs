namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>A value and how fresh it is. Immutable; one instance may be handed to many callers.</summary>
/// <typeparam name="T">The value.</typeparam>
/// <param name="Value">The value; null is a value like any other.</param>
/// <param name="Freshness">How fresh it is.</param>
public sealed record Cached<T>(T Value, Freshness Freshness)
{
    private object? _form;
    private Task<Cached<T>>? _task;

    /// <summary>Copies an answer, and not what was made of it.</summary>
    private Cached(Cached<T> original) => (Value, Freshness) = (original.Value, original.Freshness);

    /// <summary>
    /// What somebody who hands the answer on has made of it, such as its bytes: made at the first call, and kept for as long as the answer is, which for one that is in memory may be
    /// as long as its entry. One form is kept; no part of the answer itself: neither compared nor copied. Thread-safe; callers at the same time may each make it.
    /// </summary>
    /// <typeparam name="TArgument">What else it is made of.</typeparam>
    /// <typeparam name="TForm">What is made. Other callers are handed it too: one that is not for everybody tells for whom it is.</typeparam>
    /// <param name="argument">What else it is made of.</param>
    /// <param name="make">Makes it.</param>
    public TForm As<TArgument, TForm>(TArgument argument, Func<Cached<T>, TArgument, TForm> make) where TForm : class
    {
        ArgumentNullException.ThrowIfNull(make);
        if (Volatile.Read(ref _form) is TForm made)
        {
            return made;
        }

        made = make(this, argument);
        Volatile.Write(ref _form, made);
        return made;
    }

    /// <summary>This answer as a completed task, made at the first call and kept, as a form is: what hands on the same answer again and again makes nothing. Thread-safe.</summary>
    public Task<Cached<T>> AsTask()
    {
        if (Volatile.Read(ref _task) is { } made)
        {
            return made;
        }

        made = Task.FromResult(this);
        Volatile.Write(ref _task, made);
        return made;
    }

    /// <inheritdoc />
    public bool Equals(Cached<T>? other) =>
        ReferenceEquals(this, other) || (other is not null && EqualityComparer<T>.Default.Equals(Value, other.Value) && Freshness.Equals(other.Freshness));

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Value, Freshness);

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
