using System.Diagnostics.CodeAnalysis;

namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>
/// The tier in the process: what was used least, and least recently, goes first; bounded by count and by bytes at every instant. Thread-safe. It keeps entries until the
/// end of their stale window and judges none: whether one may be served is decided in one place for both tiers.
/// </summary>
public interface IMemoryTier
{
    /// <summary>Finds an entry and counts it as used.</summary>
    bool TryGet(CacheKey key, [NotNullWhen(true)] out MemoryEntry? entry);

    /// <summary>Finds an entry without counting it as used.</summary>
    bool TryPeek(CacheKey key, [NotNullWhen(true)] out MemoryEntry? entry);

    /// <summary>
    /// Stores an entry, in place of one with the same key unless that one is newer; others make room first. An entry larger than the whole bound is not stored.
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
