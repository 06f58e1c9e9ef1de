using System.Diagnostics;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Diagnostics;

namespace NeuroLab.Infrastructure.Caching.Engine;

/// <summary>
/// One load that is under way, whatever it loads. Its lease was taken when it was made, before anything was read. Waiters are counted under the
/// table's lock; when the last one has left, and nothing else wants the value, the load is cancelled.
/// </summary>
#pragma warning disable CA1001 // The source has neither a timer nor a parent: there is nothing to dispose of, and a late waiter may still look at its token.
internal abstract class Flight
#pragma warning restore CA1001
{
    /// <summary>Made for who asks for its token, or cancels: most loads end before that.</summary>
    private CancellationTokenSource? _abandoned;
    private bool _reading;
    private bool _ended;
    private Activity? _span;

    /// <summary>What it loads.</summary>
    public required CacheKey Key { get; init; }

    /// <summary>The tags of what it loads.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>The node's position before anything was read.</summary>
    public required long Lease { get; init; }

    /// <summary>Which journal the lease is of.</summary>
    public required int Epoch { get; init; }

    /// <summary>When it began, in monotonic ticks.</summary>
    public required long StartedAt { get; init; }

    /// <summary>Whether it goes to the origin whatever lies in Redis.</summary>
    public required bool IsForced { get; init; }

    /// <summary>Whether a stale copy may end it; who thinks otherwise flies by himself.</summary>
    public required bool AllowsStale { get; init; }

    /// <summary>The tiers that may end it; who reads from others flies by himself.</summary>
    public required CacheTiers ReadsFrom { get; init; }

    /// <summary>Whether it is loaded without waiting for another node: it took the place of a load of this node, which may itself have the lock.</summary>
    public required bool TakesNoTurn { get; init; }

    /// <summary>How many wait, until it has ended. Guarded by the table's lock.</summary>
    public int Waiters { get; set; }

    /// <summary>Whether it goes on although nobody waits. Guarded by the table's lock.</summary>
    public bool IsDetached { get; set; }

    /// <summary>Whether the last waiter has left it. Guarded by the table's lock.</summary>
    public bool IsAbandoned { get; private set; }

    /// <summary>Whether the origin is being read, or was.</summary>
    public bool IsReading
    {
        get => Volatile.Read(ref _reading);
        set => Volatile.Write(ref _reading, value);
    }

    /// <summary>Whether the loader begins on the thread of the caller who began the load. Used by the load alone.</summary>
    public bool BeginsOnCallersThread { get; set; }

    /// <summary>Whether Redis answered when it was asked for the value. Used by the load alone.</summary>
    public bool RedisAnswers { get; set; }

    /// <summary>Why what may lie in Redis could not be used; null where nothing does. Used by the load alone.</summary>
    public string? RedisMiss { get; set; }

    /// <summary>Its span, which those link to who wait for it; null where nobody listens, or it has not begun to run.</summary>
    public Activity? Span
    {
        get => Volatile.Read(ref _span);
        set => Volatile.Write(ref _span, value);
    }

    /// <summary>Cancelled when nobody waits any more.</summary>
    public CancellationToken Abandoned => Source.Token;

    /// <summary>Whether <see cref="Abandoned"/> is.</summary>
    public bool IsCancelled => Volatile.Read(ref _abandoned)?.IsCancellationRequested == true;

    /// <summary>Whether it has ended, so that there is nothing to give up. Set under the table's lock, and never taken back.</summary>
    public bool HasEnded
    {
        get => Volatile.Read(ref _ended);
        set => Volatile.Write(ref _ended, value);
    }

    /// <summary>Marks it as abandoned. Guarded by the table's lock; <see cref="Cancel"/> follows outside it.</summary>
    public void Abandon() => IsAbandoned = true;

    /// <summary>Cancels the load.</summary>
    public void Cancel() => Source.Cancel();

    private CancellationTokenSource Source => LazyInitializer.EnsureInitialized(ref _abandoned, static () => new CancellationTokenSource());
}

/// <summary>A load of one type.</summary>
internal sealed class Flight<T> : Flight
{
    // Never readonly: what is done to a copy is lost.
    private LateTask<FlightOutcome<T>> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private LateTask<FlightOutcome<T>?> _firstLook = new(TaskCreationOptions.None);
    private CacheEntry<T>? _copy;

    /// <summary>
    /// For the caller who began it: ends with the answer that was found, or with null where the origin has to be asked, or the flight has failed. He goes on within the flight, whose last
    /// act it is, or until his next wait.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<FlightOutcome<T>?> FirstLookAsync(CancellationToken cancellationToken) => _firstLook.WaitAsync(cancellationToken);

    /// <summary>Whether the load has ended.</summary>
    public bool IsCompleted => _completion.IsCompleted;

    /// <summary>Ends with what the load brought, or its exception.</summary>
    public Task<FlightOutcome<T>> Completion => _completion.Task;

    /// <summary>Waits for what the load brings.</summary>
    public ValueTask<FlightOutcome<T>> WaitAsync(CancellationToken cancellationToken) => _completion.WaitAsync(cancellationToken);

    /// <summary>The copy found on the way to the origin, fresh or not; null while there is none.</summary>
    public CacheEntry<T>? Copy
    {
        get => Volatile.Read(ref _copy);
        set => Volatile.Write(ref _copy, value);
    }

    /// <summary>Ends the first look, unless it has ended.</summary>
    public void EndFirstLook(FlightOutcome<T>? found) => _firstLook.TrySetResult(found);

    public void Succeed(FlightOutcome<T> outcome)
    {
        Span.Answer(outcome.Source, outcome.Reason, outcome.Invalidated);
        _completion.TrySetResult(outcome);
    }

    public void Fail(Exception exception)
    {
        Span.Fail("failed");
        if (_completion.Source() is { } source && source.TrySetException(exception))
        {
            // Seen here, so that a load without waiters leaves no unobserved exception behind.
            _ = source.Task.Exception;
        }
    }

    public void GiveUp()
    {
        Span.End(LoadOutcome.Abandoned);
        _completion.Source()?.TrySetCanceled(Abandoned);
    }
}

/// <summary>What a load brought.</summary>
/// <param name="Entry">The value.</param>
/// <param name="Source">Where it came from.</param>
/// <param name="Reason">Why it is stale; null when it is not.</param>
/// <param name="Invalidated">Whether a write has overtaken the stale copy.</param>
internal sealed record FlightOutcome<T>(CacheEntry<T> Entry, CacheSource Source, StaleReason? Reason = null, bool Invalidated = false)
{
    public Cached<T> Answer() => Entry.Answer(Source, Reason, Invalidated);
}
