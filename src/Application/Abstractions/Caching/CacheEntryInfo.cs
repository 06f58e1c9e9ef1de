namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>What an operator may know of an entry: never its value.</summary>
/// <param name="Key">Its key, without prefix.</param>
/// <param name="Tier"><c>memory</c> or <c>redis</c>.</param>
/// <param name="AgeSeconds">Seconds since it was loaded; 0 or more.</param>
/// <param name="TtlSeconds">Seconds for which it is still fresh; negative when it is past that.</param>
/// <param name="SizeBytes">Bytes it is counted with.</param>
/// <param name="Hits">How often this node answered from it; null where the tier does not count.</param>
public sealed record CacheEntryInfo(string Key, string Tier, double AgeSeconds, double TtlSeconds, long SizeBytes, long? Hits);

/// <summary>Entries that match what was asked for.</summary>
/// <param name="Entries">The entries.</param>
/// <param name="IsComplete">Whether there are no more that match; false also where that cannot be told.</param>
public sealed record CacheListing(IReadOnlyList<CacheEntryInfo> Entries, bool IsComplete);
