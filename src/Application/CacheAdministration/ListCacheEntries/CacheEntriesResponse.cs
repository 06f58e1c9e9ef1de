using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Application.CacheAdministration;

/// <summary>Entries without their values.</summary>
/// <param name="Entries">The entries, those of memory first.</param>
/// <param name="Count">How many are listed.</param>
/// <param name="TotalMatching">How many there are, listed or not, those of each tier; null where that is not known: Redis does not answer, or has too many keys to walk.</param>
public sealed record CacheEntriesResponse(IReadOnlyList<CacheEntryInfo> Entries, int Count, long? TotalMatching);
