using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Application.Abstractions.Messaging;

/// <summary>A command's answer, after its commit.</summary>
/// <typeparam name="T">The handler's answer.</typeparam>
/// <param name="Value">The handler's answer.</param>
/// <param name="Token">What a reader presents to see at least this write; null where nothing was invalidated.</param>
public sealed record Committed<T>(T Value, ConsistencyToken? Token);
