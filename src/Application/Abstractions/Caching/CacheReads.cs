namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>Reads through the cache.</summary>
public static class CacheReads
{
    /// <summary>Answers from the cache, or loads, or, when the load fails for a while, answers with the marked stale copy.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="key">The key.</param>
    /// <param name="state">What the loader is given.</param>
    /// <param name="load">Loads the value from the origin.</param>
    /// <param name="policy">How it lives and how it may be served.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="options">What this caller asks of the cache.</param>
    /// <param name="cancellationToken">The caller's own; the load goes on while others wait.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    /// <exception cref="Common.OriginUnavailableException">The load failed for a while and there is no copy to serve.</exception>
    /// <remarks>An exception of the loader that is not transient reaches every waiter and is never cached, nor answered with a stale copy.</remarks>
    public static ValueTask<Cached<T>> GetOrLoadAsync<TState, T>(
        this ICache cache,
        CacheKey key,
        TState state,
        CacheLoader<TState, T> load,
        CachePolicy policy,
        IReadOnlyList<string> tags,
        CacheReadOptions options,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(cache);
        return cache.TryHit(key, typeof(Cached<T>), policy, options) is { } hit
            ? new((Cached<T>)hit)
            : new(cache.ReadAsync(key, state, load, policy, tags, options, cancellationToken));
    }

    /// <summary>The answer of a read for who needs a task: that of a hit in memory is the same each time, and nothing is allocated.</summary>
    /// <param name="answer">What <see cref="GetOrLoadAsync"/> returned; not to be used any more.</param>
    public static Task<Cached<T>> ToTask<T>(this ValueTask<Cached<T>> answer) => answer.IsCompletedSuccessfully ? answer.Result.AsTask() : answer.AsTask();
}
