namespace NeuroLab.Application.Abstractions.Messaging;

/// <summary>
/// A cacheable query that every user asks in one form before all others: a page as it is first shown. Warming the cache for a user loads it in that form. Nothing is
/// registered: whoever implements this is found.
/// </summary>
/// <typeparam name="TSelf">The query itself.</typeparam>
/// <typeparam name="T">The answer.</typeparam>
public interface IWarmableQuery<TSelf, T> : ICacheableQuery<T>
    where TSelf : IWarmableQuery<TSelf, T>
{
    /// <summary>The form that is loaded: with the same key as a client's request that leaves every parameter out.</summary>
    /// <param name="userId">The owner.</param>
    static abstract TSelf FirstAskedBy(Guid userId);
}
