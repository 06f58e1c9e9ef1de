using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using NeuroLab.Application.Abstractions.Caching;
using StackExchange.Redis;

namespace NeuroLab.Infrastructure.Caching.Redis;

/// <summary>
/// Locks as keys that only one can set, with an owner and an expiry. A lock that this node holds already is its own again: it was left behind when the
/// store could not be told of its release, or belongs to a load whose value came too late for this one. Thread-safe.
/// </summary>
internal sealed class RedisLoadLock(RedisCalls calls, IOptions<RedisOptions> options) : ILoadLock
{
    private const int NodeBytes = 8;

    // The separator cannot stand in a cache key: a lock never has the name of a value.
    private readonly RedisKey _prefix = options.Value.KeyPrefix + "\u0001lock:";
    private readonly byte[] _node = RandomNumberGenerator.GetBytes(NodeBytes);

    public async ValueTask<LoadLockResult> TryTakeAsync(CacheKey key, TimeSpan expiry, CancellationToken cancellationToken)
    {
        var name = _prefix.Append(key.Value);
        var owner = NewOwner();
        var reply = await calls.RunAsync(
            static (database, s) => database.StringSetAsync(s.Key, s.Owner, s.Expiry, When.NotExists),
            (Key: name, Owner: (RedisValue)owner.ToByteArray(), Expiry: expiry),
            cancellationToken).ConfigureAwait(false);
        if (reply.Outcome != StoreOutcome.Answered || reply.Value)
        {
            return reply.Value ? new LoadLockResult(LoadLockOutcome.Taken, owner) : new LoadLockResult(LoadLockOutcome.Unavailable, default);
        }

        var holder = await calls.RunAsync(static (database, k) => database.StringGetAsync(k), name, cancellationToken).ConfigureAwait(false);
        return (byte[]?)holder.Value is { Length: 16 } held && held.AsSpan(0, NodeBytes).SequenceEqual(_node)
            ? new LoadLockResult(LoadLockOutcome.Taken, new Guid(held))
            : new LoadLockResult(LoadLockOutcome.Held, default);
    }

    public async ValueTask ReleaseAsync(CacheKey key, Guid owner) => await calls.RunAsync(
        static (database, s) => database.LockReleaseAsync(s.Key, s.Owner),
        (Key: _prefix.Append(key.Value), Owner: (RedisValue)owner.ToByteArray()),
        CancellationToken.None).ConfigureAwait(false);

    private Guid NewOwner()
    {
        Span<byte> owner = stackalloc byte[16];
        _node.CopyTo(owner);
        RandomNumberGenerator.Fill(owner[NodeBytes..]);
        return new Guid(owner);
    }
}

/// <summary>No store to keep locks in: every node loads for itself.</summary>
internal sealed class NoLoadLock : ILoadLock
{
    public ValueTask<LoadLockResult> TryTakeAsync(CacheKey key, TimeSpan expiry, CancellationToken cancellationToken) => new(new LoadLockResult(LoadLockOutcome.Unavailable, default));

    public ValueTask ReleaseAsync(CacheKey key, Guid owner) => default;
}
