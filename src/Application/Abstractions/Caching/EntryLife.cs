namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>
/// When an entry of the memory tier begins and ends. Times are ticks (100 ns) of the node's monotonic clock; an entry keeps them to the millisecond, and never longer than they are.
/// </summary>
/// <param name="LoadedAt">When its load began.</param>
/// <param name="FreshUntil">End of its freshness.</param>
/// <param name="LatestFreshUntil">The latest end of its freshness, however often it is read; the same where it does not slide.</param>
/// <param name="StaleWindow">How long after its freshness it may be served stale.</param>
/// <param name="MemoryUntil">When Redis is asked again, although it is fresh; kept to one part in 2,048.</param>
/// <param name="RefreshAt">When it is renewed behind an answer; kept to one part in 2,048. <see cref="long.MaxValue"/>: never.</param>
/// <param name="CachedAt">When it was loaded, UTC, by the loader's clock: for display.</param>
public readonly record struct EntryLife(long LoadedAt, long FreshUntil, long LatestFreshUntil, long StaleWindow, long MemoryUntil, long RefreshAt, DateTime CachedAt);
