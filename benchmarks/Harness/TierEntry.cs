using System.Diagnostics.CodeAnalysis;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Benchmarks.Harness;

/// <summary>An entry for the memory tier alone, without the engine around it.</summary>
internal sealed class TierEntry : MemoryEntry
{
    [SetsRequiredMembers]
    public TierEntry(CacheKey key, string value, long freshUntil)
    {
        (Key, Value, FreshUntil, MemoryUntil) = (key, value, freshUntil, freshUntil);
        (Lease, Epoch, LoadedAt, StaleWindow, CachedAt, Tags, Size, FailedOperations) = (0, 0, 0, 0, default, [], 1, []);
    }

    public string Value { get; }
}
