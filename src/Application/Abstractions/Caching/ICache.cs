namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>Loads one value from the origin, in a scope of its own and for every waiter at once.</summary>
/// <typeparam name="TState">What the loader is given, so that it can be a static method.</typeparam>
/// <typeparam name="T">The value.</typeparam>
/// <param name="state">What the caller passed.</param>
/// <param name="services">The load's own scope; disposed when the load ends.</param>
/// <param name="cancellationToken">Cancelled when nobody waits any more, or at the hard timeout.</param>
public delegate Task<LoadResult<T>> CacheLoader<in TState, T>(TState state, IServiceProvider services, CancellationToken cancellationToken);

/// <summary>
/// The cache, for use by hand where a cacheable query does not fit. Thread-safe. The cache itself never fails a call: with Redis down it
/// answers from memory and the origin. A value marked fresh reflects every write that this node acknowledged before the call, and every write
/// committed anywhere more than the verification window before it.
/// </summary>
public interface ICache
{
    /// <summary>
    /// Answers at once where memory has a verified fresh copy and nothing else is to be done. Every read begins with it (<see cref="CacheReads.GetOrLoadAsync"/>): it has no type
    /// parameter, because calling a member that has one through an interface takes as long as all that is done here.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="answer">The type of the answer: <c>Cached&lt;T&gt;</c>.</param>
    /// <param name="policy">From which tiers may be answered.</param>
    /// <param name="options">What this caller asks of the cache.</param>
    /// <returns>An answer of that type; null where <see cref="ReadAsync"/> has to answer.</returns>
    object? TryHit(CacheKey key, Type answer, CachePolicy policy, CacheReadOptions options);

    /// <summary>What <see cref="CacheReads.GetOrLoadAsync"/> does where <see cref="TryHit"/> has no answer.</summary>
    Task<Cached<T>> ReadAsync<TState, T>(
        CacheKey key,
        TState state,
        CacheLoader<TState, T> load,
        CachePolicy policy,
        IReadOnlyList<string> tags,
        CacheReadOptions options,
        CancellationToken cancellationToken);

    /// <summary>Looks a value up. A miss carries the lease that <see cref="SetAsync"/> takes.</summary>
    Task<CacheLookup<T>> GetAsync<T>(CacheKey key, CancellationToken cancellationToken);

    /// <summary>The newest copy inside its stale window, fresh or not, marked for what it is; null where there is none.</summary>
    Task<Cached<T>?> GetStaleAsync<T>(CacheKey key, CancellationToken cancellationToken);

    /// <summary>Stores a value in both tiers.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="policy">How it lives.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="lease">
    /// From the look-up that missed: writes since then make the value out of date. Without one the caller gives its word that the value is current now.
    /// </param>
    /// <param name="cancellationToken">Gives up waiting for Redis; memory has the value already.</param>
    Task SetAsync<T>(CacheKey key, T value, CachePolicy policy, IReadOnlyList<string> tags, CacheLease? lease, CancellationToken cancellationToken);

    /// <summary>Makes one key out of date on every node. Its copy may still serve as a last resort, marked, where the load fails.</summary>
    /// <exception cref="Common.OriginUnavailableException">The journal refused it: nothing was invalidated.</exception>
    Task<ConsistencyToken> ExpireAsync(CacheKey key, CancellationToken cancellationToken);

    /// <summary>Purges one key on every node: its copies are deleted, and none is served again, not even stale.</summary>
    /// <exception cref="Common.OriginUnavailableException">The journal refused it: nothing was removed.</exception>
    Task<ConsistencyToken> RemoveAsync(CacheKey key, CancellationToken cancellationToken);

    /// <summary>Invalidates, or purges, by pattern or tag on every node. Committed before it returns.</summary>
    /// <exception cref="Common.OriginUnavailableException">The journal refused it: nothing was invalidated.</exception>
    Task<ConsistencyToken> InvalidateAsync(IReadOnlyList<Invalidation> invalidations, string command, CancellationToken cancellationToken);
}

/// <summary>A node's journal position before a value was read. Opaque.</summary>
/// <param name="JournalId">The journal.</param>
/// <param name="Position">The position.</param>
/// <param name="Epoch">Which reading of the journal, on this node.</param>
public readonly record struct CacheLease(Guid JournalId, long Position, int Epoch);

/// <summary>What a look-up found.</summary>
/// <typeparam name="T">The value.</typeparam>
/// <param name="Found">The fresh copy; null where there is none. (A cached null is a copy whose value is null.)</param>
/// <param name="Lease">What to give to the set that follows a miss.</param>
public readonly record struct CacheLookup<T>(Cached<T>? Found, CacheLease Lease);
