using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Serialization;

namespace NeuroLab.Infrastructure.Caching.Engine;

/// <summary>
/// An entry with its value. A value of an immutable type is handed to every caller as it is; of any other type each caller gets a copy of its own,
/// made from the serialized form.
/// </summary>
internal sealed class CacheEntry<T> : MemoryEntry, ICopyDetails
{
    private static readonly bool Shared = ImmutabilityInspector.IsImmutable(typeof(T));

    private Task<Cached<T>>? _hit;
    private int _refreshing;
    private long _throttledUntil;
    private long _renewAt = long.MaxValue;

    /// <summary>The value as it was loaded.</summary>
    public required T Value { private get; init; }

    /// <summary>The serialized value; kept only where each caller needs a copy.</summary>
    public ReadOnlyMemory<byte> Payload { private get; init; }

    /// <summary>Reads <see cref="Payload"/>.</summary>
    public required CacheSerializer Serializer { private get; init; }

    /// <summary>When the value is refreshed behind an answer.</summary>
    public required long RefreshAt { get; init; }

    /// <summary>Whether it belongs into Redis.</summary>
    public required bool IsShared { get; init; }

    /// <summary>When a read of one that slides is to be told to the other nodes: past half of the span that they know of.</summary>
    public long RenewAt
    {
        get => Volatile.Read(ref _renewAt);
        init => _renewAt = value;
    }

    /// <summary>A newer value that lacks a section, kept beside this complete one.</summary>
    public CacheEntry<T>? Partial { get; private init; }

    /// <summary>Why the last load failed; has a meaning until <see cref="ThrottledUntil"/>.</summary>
    public StaleReason ThrottleReason { get; private set; }

    /// <summary>Until when the stale copy is served without another load; 0 where none failed.</summary>
    public long ThrottledUntil => Volatile.Read(ref _throttledUntil);

    string ICopyDetails.TypeName => typeof(T).Name;

    MemoryEntry? ICopyDetails.NewerPartial => Partial;

    /// <summary>Whether the serialized form has to be kept with a value of this type.</summary>
    public static bool NeedsPayload => !Shared;

    /// <summary>Notes that a load failed.</summary>
    public void Throttle(long until, StaleReason reason)
    {
        ThrottleReason = reason;
        Volatile.Write(ref _throttledUntil, until);
    }

    /// <summary>Whether the caller is the one to refresh the value. True once.</summary>
    public bool TryBeginRefresh() => Volatile.Read(ref _refreshing) == 0 && Interlocked.Exchange(ref _refreshing, 1) == 0;

    /// <summary>
    /// Whether the caller, who has just slid the entry, is the one to tell the other nodes. True once in half of the span. From then on hits are answered with the
    /// new end of the freshness too.
    /// </summary>
    public bool TryBeginRenewal(long now)
    {
        var due = RenewAt;
        if (now < due || Interlocked.CompareExchange(ref _renewAt, RenewalPoint(FreshUntil, SlidingSpan, LatestFreshUntil), due) != due)
        {
            return false;
        }

        _hit = null;
        return true;
    }

    /// <summary>When the end of a freshness is to be told anew; never where it cannot move any more.</summary>
    public static long RenewalPoint(long freshUntil, long span, long latest) => freshUntil < latest ? freshUntil - (span / 2) : long.MaxValue;

    /// <summary>The value's serialized form.</summary>
    public ReadOnlyMemory<byte> ToPayload() => Payload.IsEmpty ? Serializer.Serialize(Value) : Payload;

    /// <summary>The answer of a hit in memory; made once, and anew where its freshness has moved.</summary>
    public Task<Cached<T>> Hit()
    {
        CountHit();
        return Shared
            ? _hit ??= Task.FromResult(Answer(CacheSource.Memory))
            : Task.FromResult(Answer(CacheSource.Memory));
    }

    /// <summary>An answer with this value.</summary>
    public Cached<T> Answer(CacheSource source, StaleReason? reason = null, bool invalidated = false) => new(CopyOfValue(), new Freshness
    {
        Source = source,
        CachedAt = CachedAt,
        FreshUntil = CachedAt.AddTicks(FreshUntil - LoadedAt),
        StaleReason = reason,
        Invalidated = invalidated,
        FailedOperations = FailedOperations,
    });

    /// <summary>This entry with a partial value beside it, or without one.</summary>
    public CacheEntry<T> With(CacheEntry<T>? partial, long? memoryUntil = null) => new()
    {
        Key = Key,
        Lease = Lease,
        Epoch = Epoch,
        LoadedAt = LoadedAt,
        FreshUntil = FreshUntil,
        SlidingSpan = SlidingSpan,
        LatestFreshUntil = LatestFreshUntil,
        MemoryUntil = memoryUntil ?? MemoryUntil,
        StaleWindow = StaleWindow,
        CachedAt = CachedAt,
        Tags = Tags,
        Size = Size + (partial?.Size ?? 0) - (Partial?.Size ?? 0),
        FailedOperations = FailedOperations,
        Value = Value,
        Payload = Payload,
        Serializer = Serializer,
        RefreshAt = RefreshAt,
        IsShared = IsShared,
        RenewAt = RenewAt,
        Partial = partial,
        ThrottleReason = ThrottleReason,
        _throttledUntil = ThrottledUntil,
        _refreshing = _refreshing,
    };

    private T CopyOfValue() =>
        !Shared && !Payload.IsEmpty && Serializer.TryDeserialize<T>(Payload, out var copy) ? copy! : Value;
}

/// <summary>What can be told of an entry whatever the type of its value.</summary>
internal interface ICopyDetails
{
    /// <summary>The type of its value.</summary>
    string TypeName { get; }

    /// <summary>A newer value beside it that lacks a section.</summary>
    MemoryEntry? NewerPartial { get; }

    /// <summary>Why the last load failed; has a meaning until <see cref="ThrottledUntil"/>.</summary>
    StaleReason ThrottleReason { get; }

    /// <summary>Until when the stale copy is served without another load; 0 where none failed.</summary>
    long ThrottledUntil { get; }
}
