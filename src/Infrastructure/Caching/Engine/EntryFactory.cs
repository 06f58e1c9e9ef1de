using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Serialization;

namespace NeuroLab.Infrastructure.Caching.Engine;

/// <summary>Makes entries of either tier from values, and of one tier from the other's: the only place where lives are computed. Thread-safe.</summary>
internal sealed partial class EntryFactory(CacheSerializer serializer, CacheClock clock, IOptions<CacheOptions> options, ILogger<EntryFactory> logger)
{
    /// <summary>Bytes of an entry beside key and value: its object and its places in the tier, and, once it is hit, the answer that is kept and the form in which a front door keeps it; rounded up.</summary>
    private const int Overhead = 1000;

    /// <summary>Bytes of a tag beside its text: the string and the reference to it; rounded up.</summary>
    private const int TagOverhead = 40;

    private readonly CacheOptions _options = options.Value;
    private readonly ConcurrentDictionary<Type, bool> _told = new();

    /// <summary>An entry of a loaded or given value.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="result">The value.</param>
    /// <param name="policy">How it lives.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="lease">The node's position before the value was read.</param>
    /// <param name="epoch">The epoch of that position.</param>
    /// <param name="loadedAt">When its reading began, in monotonic ticks.</param>
    /// <param name="payload">Its serialized form; empty where it has none, and then it must not be stored.</param>
    public CacheEntry<T> Create<T>(
        CacheKey key, LoadResult<T> result, CachePolicy policy, IReadOnlyList<string> tags, long lease, int epoch, long loadedAt, out ReadOnlyMemory<byte> payload)
    {
        var longest = Jittered(Min(policy.TimeToLive ?? _options.DefaultTtl, _options.MaxEntryLife), policy);
        var staleWindow = Min(policy.StaleWindow ?? _options.StaleThreshold, _options.MaxEntryLife - longest);
        if (result.IsPartial)
        {
            // A partial answer is short-lived and never a stale copy.
            (longest, staleWindow) = (Min(longest, _options.PartialTtl), TimeSpan.Zero);
        }

        payload = Serialize(result.Value);
        var (latest, now) = (loadedAt + longest.Ticks, clock.Now);

        // The load itself is the first read. One that would slide past the end of its time to live does not slide at all.
        var span = result.IsPartial ? 0 : Min(policy.SlidingExpiration ?? longest, longest).Ticks;
        var slides = span > 0 && now + span < latest;
        var freshUntil = slides ? now + span : latest;
        var life = new EntryLife(
            loadedAt,
            freshUntil,
            slides ? latest : freshUntil,
            staleWindow.Ticks,
            loadedAt + Min(policy.MemoryTimeToLive ?? _options.MemoryTtlCap, longest).Ticks,
            result.IsPartial ? long.MaxValue : RefreshPoint(loadedAt, longest, policy),
            clock.WallAt(loadedAt));
        var details = slides || tags.Count > 0 || result.IsPartial || CacheEntry<T>.NeedsPayload
            ? new EntryDetails<T>
            {
                Value = result.Value,
                Payload = CacheEntry<T>.NeedsPayload ? payload : default,
                Serializer = serializer,
                Tags = tags,
                FailedOperations = result.FailedOperations,
                SlidingSpan = slides ? span : 0,
                LatestFreshUntil = latest,
                RefreshAt = life.RefreshAt,
                IsShared = policy.StoreIn.HasFlag(CacheTiers.Redis),
                RenewAt = CacheEntry<T>.RenewalPoint(freshUntil, span, latest),
            }
            : null;
        return new CacheEntry<T>(key, lease, epoch, life, SizeOf(key, tags, payload.Length), result.Value, details);
    }

    /// <summary>The memory entry of a value that lies in the shared tier; null where its type has another shape or it cannot be read.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="shared">The value.</param>
    /// <param name="policy">How long memory keeps it, and when it is refreshed.</param>
    /// <param name="epoch">The epoch in which its journal was found to be this node's.</param>
    /// <param name="readAt">When its age was told, in monotonic ticks.</param>
    public CacheEntry<T>? Promote<T>(CacheKey key, DistributedEntry shared, CachePolicy policy, int epoch, long readAt)
    {
        if (!IsPlausible(shared) || shared.Schema != serializer.SchemaOf<T>() || !serializer.TryDeserialize<T>(shared.Payload, out var value))
        {
            return null;
        }

        var times = TimesOf(shared, readAt);
        var span = Min(shared.SlidingExpiration, _options.MaxEntryLife).Ticks;
        var life = new EntryLife(
            times.LoadedAt,
            times.FreshUntil,
            times.LatestFreshUntil,
            times.StaleWindow,
            RenewedMemoryUntil(policy),
            RefreshPoint(times.LoadedAt, times.Life, policy),
            shared.CachedAt);
        var details = times.LatestFreshUntil > times.FreshUntil || span > 0 || shared.Tags.Count > 0 || CacheEntry<T>.NeedsPayload
            ? new EntryDetails<T>
            {
                Value = value!,
                Payload = CacheEntry<T>.NeedsPayload ? shared.Payload : default,
                Serializer = serializer,
                Tags = shared.Tags,
                SlidingSpan = span,
                LatestFreshUntil = times.LatestFreshUntil,
                RefreshAt = life.RefreshAt,
                IsShared = true,
                RenewAt = CacheEntry<T>.RenewalPoint(times.FreshUntil, span, times.LatestFreshUntil),
            }
            : null;
        return new CacheEntry<T>(key, shared.Lease, epoch, life, SizeOf(key, shared.Tags, shared.Payload.Length), value!, details);
    }

    /// <summary>Whether a value of the shared tier may be what it says: one from more than a day ahead is not.</summary>
    public bool IsPlausible(DistributedEntry shared) => shared.CachedAt <= clock.UtcNow.AddDays(1);

    /// <summary>When a value of the shared tier begins and ends on this node.</summary>
    /// <param name="shared">The value.</param>
    /// <param name="readAt">When its age was told, in monotonic ticks.</param>
    public SharedTimes TimesOf(DistributedEntry shared, long readAt)
    {
        var loadedAt = readAt - shared.Age.Ticks;

        // By this node's bound too: its journal is kept for that long.
        var freshUntil = loadedAt + Min(shared.TimeToLive, _options.MaxEntryLife).Ticks;
        var life = Min(shared.SlidingExpiration > TimeSpan.Zero ? shared.LongestTimeToLive : shared.TimeToLive, _options.MaxEntryLife);
        var latest = Math.Max(freshUntil, loadedAt + life.Ticks);
        return new SharedTimes(loadedAt, life, freshUntil, latest, Min(shared.StaleWindow, _options.MaxEntryLife - TimeSpan.FromTicks(latest - loadedAt)).Ticks);
    }

    /// <summary>The form of an entry for the shared tier.</summary>
    public DistributedEntry ToDistributed<T>(CacheEntry<T> entry, ReadOnlyMemory<byte> payload, Guid journalId) => new()
    {
        Payload = payload,
        Schema = serializer.SchemaOf<T>(),
        JournalId = journalId,
        Lease = entry.Lease,
        CachedAt = entry.CachedAt,
        Age = TimeSpan.FromTicks(Math.Max(0, clock.Now - entry.LoadedAt)),
        TimeToLive = TimeSpan.FromTicks(entry.FreshUntil - entry.LoadedAt),
        StaleWindow = TimeSpan.FromTicks(entry.StaleWindow),
        SlidingExpiration = TimeSpan.FromTicks(entry.SlidingSpan),
        LongestTimeToLive = TimeSpan.FromTicks(entry.LatestFreshUntil - entry.LoadedAt),
        Tags = entry.Tags,
    };

    /// <summary>Until when memory answers with a copy that Redis has just confirmed or given.</summary>
    public long RenewedMemoryUntil(CachePolicy policy) => clock.Now + Min(policy.MemoryTimeToLive ?? _options.PromotionTtl, _options.MaxEntryLife).Ticks;

    /// <summary>A time shortened at random, by the policy's share at most: what began together does not end together.</summary>
    public TimeSpan Jittered(TimeSpan time, CachePolicy policy) =>
#pragma warning disable CA5394 // Spreads expiries; nothing secret depends on it.
        time * (1 - ((policy.Jitter ?? _options.Jitter) * Random.Shared.NextDouble()));
#pragma warning restore CA5394

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    /// <summary>
    /// An estimate on the high side: a value takes about twice its serialized form, as objects and UTF-16 text; its form is kept once more where every caller is given a copy; and rendered for a front door, which escapes
    /// what is not ASCII, it may be three times as long. Text of nothing but characters that JSON escapes and this form does not (angle brackets, ampersands) can take a third more.
    /// </summary>
    private static int SizeOf(CacheKey key, IReadOnlyList<string> tags, int payloadLength)
    {
        var size = Overhead + (2L * key.Value.Length) + (6L * payloadLength);
        for (var i = 0; i < tags.Count; i++)
        {
            size += TagOverhead + (2L * tags[i].Length);
        }

        return (int)Math.Min(int.MaxValue, size);
    }

    private long RefreshPoint(long loadedAt, TimeSpan life, CachePolicy policy) =>
        (policy.EagerRefresh ?? _options.EagerRefresh) is < 1 and var share ? loadedAt + (long)(life.Ticks * share) : long.MaxValue;

    private ReadOnlyMemory<byte> Serialize<T>(T value)
    {
        try
        {
            var payload = serializer.Serialize(value);
            // Where every caller is given a copy, there must be one.
            return !CacheEntry<T>.NeedsPayload || serializer.TryDeserialize<T>(payload, out _) ? payload : throw new NotSupportedException("It cannot be read back.");
        }
#pragma warning disable CA1031 // A value that cannot be serialized is answered and not stored: the cache never fails a request.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (_told.TryAdd(typeof(T), true))
            {
                LogNotSerializable(typeof(T).Name, exception.GetType().Name);
            }

            return default;
        }
    }

    [LoggerMessage(EventId = 3101, Level = LogLevel.Error, Message = "A value of {Type} cannot be written so that it comes back equal ({Failure}): such values are answered and not cached. Said once for each type.")]
    private partial void LogNotSerializable(string type, string failure);
}

/// <summary>When a value of the shared tier begins and ends on this node, in monotonic ticks.</summary>
/// <param name="LoadedAt">When its load began.</param>
/// <param name="Life">How long from then it is fresh at most.</param>
/// <param name="FreshUntil">End of its freshness.</param>
/// <param name="LatestFreshUntil">The latest end of its freshness, however often it is read.</param>
/// <param name="StaleWindow">How long after its freshness it may be served stale, in ticks.</param>
internal readonly record struct SharedTimes(long LoadedAt, TimeSpan Life, long FreshUntil, long LatestFreshUntil, long StaleWindow);
