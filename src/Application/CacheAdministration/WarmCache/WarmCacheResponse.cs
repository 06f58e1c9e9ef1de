using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Application.CacheAdministration;

/// <summary>What was warmed.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="Loaded">How many queries were loaded from the origin.</param>
/// <param name="Cached">How many were cached already.</param>
/// <param name="Stale">How many could not be loaded: an old copy is all there is.</param>
/// <param name="Milliseconds">How long it took in all.</param>
/// <param name="Queries">Each query.</param>
public sealed record WarmCacheResponse(Guid UserId, int Loaded, int Cached, int Stale, double Milliseconds, IReadOnlyList<WarmedQueryResponse> Queries);

/// <summary>A query that was warmed.</summary>
/// <param name="Query">Its name.</param>
/// <param name="Source">Where its answer came from; of <c>stale</c> a copy is all there is while the origin fails.</param>
/// <param name="Partial">Whether a section could not be read: it is kept for a short time only, in memory.</param>
/// <param name="Milliseconds">How long it took.</param>
public sealed record WarmedQueryResponse(string Query, CacheSource Source, bool Partial, double Milliseconds);
