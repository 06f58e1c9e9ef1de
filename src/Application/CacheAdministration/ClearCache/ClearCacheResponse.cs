namespace NeuroLab.Application.CacheAdministration;

/// <summary>What a purge did.</summary>
/// <param name="Message">One sentence.</param>
/// <param name="Timestamp">When, UTC.</param>
public sealed record ClearCacheResponse(string Message, DateTime Timestamp);
