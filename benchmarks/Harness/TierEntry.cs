using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Benchmarks.Harness;

/// <summary>An entry for the memory tier alone, without the engine around it.</summary>
internal sealed class TierEntry(CacheKey key, string value, long freshUntil)
    : MemoryEntry(key, 0, 0, new EntryLife(0, freshUntil, freshUntil, 0, freshUntil, long.MaxValue, DateTime.MinValue), 1)
{
    public string Value => value;
}
