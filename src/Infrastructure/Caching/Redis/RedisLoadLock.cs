using Microsoft.Extensions.Options;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Diagnostics;
using StackExchange.Redis;

namespace NeuroLab.Infrastructure.Caching.Redis;

/// <summary>
/// Locks as keys that only one can set, with an owner and an expiry. An attempt that was given up may still be carried out by a server that comes
/// back to life, so it is followed by its release on the same link, which is carried out after it. Thread-safe.
/// </summary>
internal sealed class RedisLoadLock(RedisConnection connection, RedisCalls calls, IOptions<RedisOptions> options) : ILoadLock
{
    private const string Release = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0";

    // The separator cannot stand in a cache key: a lock never has the name of a value.
    private readonly RedisKey _prefix = options.Value.KeyPrefix + "\u0001lock:";

    public async ValueTask<LoadLockResult> TryTakeAsync(CacheKey key, TimeSpan expiry, CancellationToken cancellationToken)
    {
        var owner = Guid.NewGuid();
        var asked = false;
        var reply = await calls.RunAsync(
            RedisOperation.Lock,
            (database, s) =>
            {
                asked = true;
                return database.StringSetAsync(s.Key, s.Owner, s.Expiry, When.NotExists);
            },
            (Key: _prefix.Append(key.Value), Owner: (RedisValue)owner.ToByteArray(), Expiry: expiry),
            cancellationToken).ConfigureAwait(false);
        if (reply.Outcome == StoreOutcome.Answered)
        {
            return reply.Value ? new LoadLockResult(LoadLockOutcome.Taken, owner) : new LoadLockResult(LoadLockOutcome.Held, default);
        }

        if (asked)
        {
            await ReleaseAsync(key, owner).ConfigureAwait(false);
        }

        return new LoadLockResult(LoadLockOutcome.Unavailable, default);
    }

    public ValueTask ReleaseAsync(CacheKey key, Guid owner)
    {
        // Past the breaker and without waiting: a lock that stays would hold up the other nodes for its whole expiry. As many as were taken, no more.
        _ = SendReleaseAsync(_prefix.Append(key.Value), owner.ToByteArray());
        return default;
    }

    private async Task SendReleaseAsync(RedisKey name, RedisValue owner)
    {
        try
        {
            // The asynchronous call: the other one may wait for its turn to write to a link that is being lost.
            await connection.Database.ScriptEvaluateAsync(Release, [name], [owner], CommandFlags.FireAndForget | CommandFlags.NoScriptCache).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Then it ends by itself.
        catch (Exception)
#pragma warning restore CA1031
        {
            // There is no link: what was not sent did not take the lock.
        }
    }
}

/// <summary>No store to keep locks in: every node loads for itself.</summary>
internal sealed class NoLoadLock : ILoadLock
{
    public ValueTask<LoadLockResult> TryTakeAsync(CacheKey key, TimeSpan expiry, CancellationToken cancellationToken) => new(new LoadLockResult(LoadLockOutcome.Unavailable, default));

    public ValueTask ReleaseAsync(CacheKey key, Guid owner) => default;
}
