using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Application.CacheAdministration;

/// <summary>Entries without their values.</summary>
/// <param name="Entries">The entries, those of memory first.</param>
/// <param name="Count">How many are listed.</param>
public sealed record CacheEntriesResponse(IReadOnlyList<CacheEntryInfo> Entries, int Count);
