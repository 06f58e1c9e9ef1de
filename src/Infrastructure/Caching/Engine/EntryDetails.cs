using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Serialization;

namespace NeuroLab.Infrastructure.Caching.Engine;

/// <summary>
/// What few entries have beside a value: tags, a serialized form, an end that moves, a newer value that lacks a section, a load that failed. An entry without any of it goes without this
/// object. Of one entry alone.
/// </summary>
internal sealed class EntryDetails<T>
{
    private Cached<T>? _hit;
    private long _renewAt = long.MaxValue;
    private long _throttledUntil;
    private int _refreshing;

    /// <summary>The value.</summary>
    public required T Value { get; init; }

    /// <summary>The serialized value; kept only where each caller needs a copy.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Reads <see cref="Payload"/> and writes <see cref="Value"/>; null where neither is needed.</summary>
    public CacheSerializer? Serializer { get; init; }

    /// <summary>Tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>The sections that the value lacks.</summary>
    public IReadOnlyList<string> FailedOperations { get; init; } = [];

    /// <summary>For how long a read keeps it fresh; 0 where reading changes nothing.</summary>
    public long SlidingSpan { get; init; }

    /// <summary>The latest end of its freshness. Of one that slides.</summary>
    public long LatestFreshUntil { get; init; }

    /// <summary>When the value is renewed behind an answer. Of one that slides.</summary>
    public long RefreshAt { get; init; } = long.MaxValue;

    /// <summary>Whether it belongs into Redis. Of one that slides.</summary>
    public bool IsShared { get; init; }

    /// <summary>When a read of one that slides is to be told to the other nodes: past half of the span that they know of.</summary>
    public long RenewAt
    {
        get => Volatile.Read(ref _renewAt);
        init => _renewAt = value;
    }

    /// <summary>A newer value that lacks a section, kept beside this complete one.</summary>
    public CacheEntry<T>? Partial { get; init; }

    /// <summary>Why the last load failed; has a meaning until <see cref="ThrottledUntil"/>.</summary>
    public StaleReason ThrottleReason { get; private set; }

    /// <summary>Until when the stale copy is served without another load; 0 where none failed.</summary>
    public long ThrottledUntil => Volatile.Read(ref _throttledUntil);

    /// <summary>Whether somebody renews the value.</summary>
    public bool IsRefreshing => Volatile.Read(ref _refreshing) != 0;

    /// <summary>The answer of a hit in memory; null until it was made, and once its freshness has moved.</summary>
    public Cached<T>? Hit
    {
        get => Volatile.Read(ref _hit);
        set => Volatile.Write(ref _hit, value);
    }

    /// <summary>Notes that a load failed.</summary>
    public void Throttle(long until, StaleReason reason)
    {
        ThrottleReason = reason;
        Volatile.Write(ref _throttledUntil, until);
    }

    /// <summary>Whether the caller is the one to renew the value. True once.</summary>
    public bool TryBeginRefresh() => !IsRefreshing && Interlocked.Exchange(ref _refreshing, 1) == 0;

    /// <summary>Moves the renewal on. True for one of those who try to.</summary>
    public bool TryMoveRenewal(long due, long next)
    {
        if (Interlocked.CompareExchange(ref _renewAt, next, due) != due)
        {
            return false;
        }

        Hit = null;
        return true;
    }

    /// <summary>The same of another entry, with a partial value beside it or without one.</summary>
    public EntryDetails<T> With(CacheEntry<T>? partial)
    {
        var copy = new EntryDetails<T>
        {
            Value = Value,
            Payload = Payload,
            Serializer = Serializer,
            Tags = Tags,
            FailedOperations = FailedOperations,
            SlidingSpan = SlidingSpan,
            LatestFreshUntil = LatestFreshUntil,
            RefreshAt = RefreshAt,
            IsShared = IsShared,
            RenewAt = RenewAt,
            Partial = partial,
        };
        copy.Throttle(ThrottledUntil, ThrottleReason);
        copy._refreshing = _refreshing;
        return copy;
    }
}
