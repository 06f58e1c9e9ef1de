using Microsoft.Extensions.Options;
using NeuroLab.Application.Abstractions.Caching;
using StackExchange.Redis;

namespace NeuroLab.Infrastructure.Caching.Redis;

/// <summary>Locks as keys that only one can set, with an owner and an expiry. Thread-safe.</summary>
internal sealed class RedisLoadLock(RedisCalls calls, IOptions<RedisOptions> options) : ILoadLock
{
    // The separator cannot stand in a cache key: a lock never has the name of a value.
    private readonly RedisKey _prefix = options.Value.KeyPrefix + "\u0001lock:";

    public async ValueTask<LoadLockResult> TryTakeAsync(CacheKey key, TimeSpan expiry, CancellationToken cancellationToken)
    {
        var owner = Guid.NewGuid();
        var reply = await calls.RunAsync(
            static (database, s) => database.StringSetAsync(s.Key, s.Owner, s.Expiry, When.NotExists),
            (Key: _prefix.Append(key.Value), Owner: (RedisValue)owner.ToByteArray(), Expiry: expiry),
            cancellationToken).ConfigureAwait(false);
        return reply.Outcome != StoreOutcome.Answered
            ? new LoadLockResult(LoadLockOutcome.Unavailable, default)
            : reply.Value ? new LoadLockResult(LoadLockOutcome.Taken, owner) : new LoadLockResult(LoadLockOutcome.Held, default);
    }

    public async ValueTask ReleaseAsync(CacheKey key, Guid owner) => await calls.RunAsync(
        static (database, s) => database.LockReleaseAsync(s.Key, s.Owner),
        (Key: _prefix.Append(key.Value), Owner: (RedisValue)owner.ToByteArray()),
        CancellationToken.None).ConfigureAwait(false);
}

/// <summary>No store to keep locks in: every node loads for itself.</summary>
internal sealed class NoLoadLock : ILoadLock
{
    public ValueTask<LoadLockResult> TryTakeAsync(CacheKey key, TimeSpan expiry, CancellationToken cancellationToken) => new(new LoadLockResult(LoadLockOutcome.Unavailable, default));

    public ValueTask ReleaseAsync(CacheKey key, Guid owner) => default;
}
