using System.Runtime.CompilerServices;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Serialization;

namespace NeuroLab.Infrastructure.Caching.Engine;

/// <summary>
/// An entry with its value. A value of an immutable type is handed to every caller as it is; of any other type each caller gets a copy of its own, made from the serialized form.
/// Thread-safe.
/// </summary>
internal sealed class CacheEntry<T> : MemoryEntry, ICopyDetails
{
    private static readonly bool IsHandedOut = ImmutabilityInspector.IsImmutable(typeof(T));

    /// <summary>
    /// The value; or, of one that is hit again and again, the answer that has it, so that a hit makes nothing; or, where there is more to keep, <see cref="EntryDetails{T}"/>. One
    /// reference and not three: there may be millions of entries.
    /// </summary>
    private object? _content;

    /// <summary>Creates an entry.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="lease">The node's position before the value was read.</param>
    /// <param name="epoch">The epoch of that position.</param>
    /// <param name="life">When it begins and ends.</param>
    /// <param name="size">Bytes that it is counted with.</param>
    /// <param name="value">Its value.</param>
    /// <param name="details">What else there is, with the same value; null where there is nothing: then the type is an immutable one.</param>
    public CacheEntry(CacheKey key, long lease, int epoch, EntryLife life, int size, T value, EntryDetails<T>? details)
        : base(key, lease, epoch, life, size) => _content = details ?? (object?)value;

    /// <summary>Whether the serialized form has to be kept with a value of this type.</summary>
    public static bool NeedsPayload => !IsHandedOut;

    /// <inheritdoc />
    public override IReadOnlyList<string> Tags => Details?.Tags ?? [];

    /// <inheritdoc />
    public override IReadOnlyList<string> FailedOperations => Details?.FailedOperations ?? [];

    /// <inheritdoc />
    public override long SlidingSpan => Details?.SlidingSpan ?? 0;

    /// <inheritdoc />
    public override long LatestFreshUntil => Details is { SlidingSpan: > 0 } details ? details.LatestFreshUntil : FreshUntil;

    /// <inheritdoc />
    public override long RefreshAt => Details is { SlidingSpan: > 0 } details ? details.IsRefreshing ? long.MaxValue : details.RefreshAt : base.RefreshAt;

    /// <summary>Whether it belongs into Redis. Told of one that slides alone.</summary>
    public bool IsShared => Details?.IsShared ?? false;

    /// <summary>A newer value that lacks a section, kept beside this complete one.</summary>
    public CacheEntry<T>? Partial => Details?.Partial;

    /// <summary>Why the last load failed; has a meaning until <see cref="ThrottledUntil"/>.</summary>
    public StaleReason ThrottleReason => Details?.ThrottleReason ?? default;

    /// <summary>Until when the stale copy is served without another load; 0 where none failed.</summary>
    public long ThrottledUntil => Details?.ThrottledUntil ?? 0;

    string ICopyDetails.TypeName => typeof(T).Name;

    MemoryEntry? ICopyDetails.NewerPartial => Partial;

    private EntryDetails<T>? Details => Volatile.Read(ref _content) as EntryDetails<T>;

    private T Value => ValueOf(Volatile.Read(ref _content));

    /// <summary>Notes that a load failed.</summary>
    public void Throttle(long until, StaleReason reason)
    {
        var content = Volatile.Read(ref _content);
        while (content is not EntryDetails<T>)
        {
            var details = new EntryDetails<T> { Value = ValueOf(content) };
            var found = Interlocked.CompareExchange(ref _content, details, content);
            content = ReferenceEquals(found, content) ? details : found;
        }

        ((EntryDetails<T>)content).Throttle(until, reason);
    }

    /// <inheritdoc />
    public override bool TryBeginRefresh() => Details is { SlidingSpan: > 0 } details ? details.TryBeginRefresh() : base.TryBeginRefresh();

    /// <summary>
    /// Whether the caller, who has just slid the entry, is the one to tell the other nodes. True once in half of the span. From then on hits are answered with the
    /// new end of the freshness too.
    /// </summary>
    public bool TryBeginRenewal(long now) =>
        Details is { } details && details.RenewAt is var due && now >= due
            // Not where it can move no further: its end is kept to the millisecond, and the latest one may be a part of one later.
            && RenewalPoint(FreshUntil, SlidingSpan, LatestFreshUntil) is var next && next > due && details.TryMoveRenewal(due, next);

    /// <summary>When the end of a freshness is to be told anew; never where it cannot move any more.</summary>
    public static long RenewalPoint(long freshUntil, long span, long latest) => freshUntil < latest ? freshUntil - (span / 2) : long.MaxValue;

    /// <summary>The value's serialized form. Of one that slides.</summary>
    public ReadOnlyMemory<byte> ToPayload() => Details is not { Serializer: { } serializer } details ? default
        : details.Payload.IsEmpty ? serializer.Serialize(details.Value) : details.Payload;

    /// <summary>The answer of a hit in memory; made once for all that follow the first, and anew where its freshness has moved.</summary>
    public override Cached<T> Hit()
    {
        var content = Volatile.Read(ref _content);

        // The exact type, as it is made: that is asked faster than whether it is one of a type.
        return content?.GetType() == typeof(Cached<T>) && IsHandedOut ? Unsafe.As<Cached<T>>(content) : HitOf(content);
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
    public CacheEntry<T> With(CacheEntry<T>? partial, long? memoryUntil = null)
    {
        var details = Details;
        return new CacheEntry<T>(
            Key,
            Lease,
            Epoch,
            new EntryLife(LoadedAt, FreshUntil, LatestFreshUntil, StaleWindow, memoryUntil ?? MemoryUntil, RefreshAt, CachedAt),
            Size + (partial?.Size ?? 0) - (Partial?.Size ?? 0),
            Value,
            details?.With(partial) ?? (partial is null ? null : new EntryDetails<T> { Value = Value, Partial = partial }));
    }

    private static T ValueOf(object? content) => content switch
    {
        EntryDetails<T> details => details.Value,
        Cached<T> made when IsHandedOut => made.Value,
        _ => (T)content!,
    };

    private Cached<T> HitOf(object? content)
    {
        var details = content as EntryDetails<T>;
        if (details?.Hit is { } made)
        {
            return made;
        }

        var answer = Answer(CacheSource.Memory);

        // What is hit once and never again keeps no answer.
        if (!IsHandedOut || Hits == 0)
        {
            return answer;
        }

        if (details is not null)
        {
            details.Hit = answer;
        }
        else
        {
            Interlocked.CompareExchange(ref _content, answer, content);
        }

        return answer;
    }

    private T CopyOfValue() =>
        !IsHandedOut && Details is { Payload.IsEmpty: false, Serializer: { } serializer } details && serializer.TryDeserialize<T>(details.Payload, out var copy) ? copy! : Value;
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
