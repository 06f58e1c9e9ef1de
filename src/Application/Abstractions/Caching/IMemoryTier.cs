using System.Diagnostics.CodeAnalysis;

namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>
/// The tier in the process: least recently used goes first, bounded by count and by bytes at every instant. Thread-safe. It keeps entries until the end
/// of their stale window and judges none: whether one may be served is decided in one place for both tiers.
/// </summary>
public interface IMemoryTier
{
    /// <summary>Finds an entry and counts it as used.</summary>
    bool TryGet(CacheKey key, [NotNullWhen(true)] out MemoryEntry? entry);

    /// <summary>Finds an entry without counting it as used.</summary>
    bool TryPeek(CacheKey key, [NotNullWhen(true)] out MemoryEntry? entry);

    /// <summary>
    /// Stores an entry, in place of one with the same key unless that one is newer; the least recently used make room first. An entry larger than
    /// the whole bound is not stored.
    /// </summary>
    /// <returns>Whether it was stored.</returns>
    bool Set(MemoryEntry entry);

    /// <summary>Removes exactly this entry, if it is still there.</summary>
    bool Remove(MemoryEntry entry);

    /// <summary>Removes what a condition holds for.</summary>
    /// <returns>How many were removed.</returns>
    int RemoveWhere(Func<MemoryEntry, bool> condition);

    /// <summary>The entries, in no particular order, as they come and go.</summary>
    IEnumerable<MemoryEntry> Entries { get; }

    /// <summary>How many entries there are.</summary>
    long Count { get; }

    /// <summary>Bytes that they are counted with.</summary>
    long SizeBytes { get; }

    /// <summary>The most entries there may be.</summary>
    long MaxCount { get; }

    /// <summary>The most bytes that they may be counted with.</summary>
    long MaxSizeBytes { get; }

    /// <summary>Entries pushed out by newer ones since the start.</summary>
    long Evictions { get; }
}

/// <summary>
/// An entry of the memory tier. Its value, its lease and when it was loaded never change; only the end of its freshness moves, where it slides. Times are ticks (100 ns) of the node's monotonic clock.
/// </summary>
public abstract class MemoryEntry
{
    private long _freshUntil;
    private long _validatedVersion = -1;
    private long _hits;

    /// <summary>Its key.</summary>
    public required CacheKey Key { get; init; }

    /// <summary>The node's journal position before the load read the origin.</summary>
    public required long Lease { get; init; }

    /// <summary>Which reading of the journal the lease is of: once the journal turns out to be another one, leases of before mean nothing.</summary>
    public required int Epoch { get; init; }

    /// <summary>When the load began.</summary>
    public required long LoadedAt { get; init; }

    /// <summary>End of its freshness.</summary>
    public required long FreshUntil
    {
        get => Volatile.Read(ref _freshUntil);
        init => _freshUntil = value;
    }

    /// <summary>For how long a read keeps it fresh; 0 where reading changes nothing.</summary>
    public long SlidingSpan { get; init; }

    /// <summary>The latest end of its freshness, however often it is read. Without a meaning where it does not slide.</summary>
    public long LatestFreshUntil { get; init; }

    /// <summary>When Redis is asked again, although it is fresh.</summary>
    public required long MemoryUntil { get; init; }

    /// <summary>How long after its freshness it may be served stale.</summary>
    public required long StaleWindow { get; init; }

    /// <summary>End of its stale window.</summary>
    public long StaleUntil => FreshUntil + StaleWindow;

    /// <summary>When the value was loaded, UTC, by the loader's clock: for display.</summary>
    public required DateTime CachedAt { get; init; }

    /// <summary>Its tags.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>Bytes that it is counted with; an estimate that errs on the high side.</summary>
    public required int Size { get; init; }

    /// <summary>The sections that its value lacks; empty for a complete value.</summary>
    public required IReadOnlyList<string> FailedOperations { get; init; }

    /// <summary>The count of learnt journal records at which it was last found valid; -1 where it never was.</summary>
    public long ValidatedVersion
    {
        get => Volatile.Read(ref _validatedVersion);
        set => Volatile.Write(ref _validatedVersion, value);
    }

    /// <summary>How often it was answered from; approximate where threads meet.</summary>
    public long Hits => Volatile.Read(ref _hits);

    /// <summary>Whether its value lacks a section.</summary>
    public bool IsPartial => FailedOperations.Count > 0;

    /// <summary>Counts an answer.</summary>
    public void CountHit() => _hits++;

    /// <summary>It was read while it was fresh: where it slides, that keeps it fresh for its span from now, within its bound.</summary>
    public void Slide(long now)
    {
        var until = Math.Min(now + SlidingSpan, LatestFreshUntil);
        if (SlidingSpan > 0 && until > FreshUntil)
        {
            Volatile.Write(ref _freshUntil, until);
        }
    }

    /// <summary>Whether this entry is to be kept over another of the same key: its load knew more, or began later; or it is of the same load, and slid further.</summary>
    public bool IsNewerThan(MemoryEntry other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Epoch != other.Epoch)
        {
            return Epoch > other.Epoch;
        }

        if (Lease != other.Lease)
        {
            return Lease > other.Lease;
        }

        return SlidingSpan > 0 && other.SlidingSpan > 0 && CachedAt == other.CachedAt ? FreshUntil > other.FreshUntil : LoadedAt > other.LoadedAt;
    }
}
