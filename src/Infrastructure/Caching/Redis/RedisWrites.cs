using NeuroLab.Infrastructure.Caching.Diagnostics;
using StackExchange.Redis;

namespace NeuroLab.Infrastructure.Caching.Redis;

/// <summary>
/// Writes values, each by a SET of its own; those of many callers at once are handed to the client together (<see cref="RedisGathering{T}"/>). Each has a place of its own from when it
/// comes until the client has done with it, and an outcome of its own. Thread-safe.
/// </summary>
internal sealed class RedisWrites
{
    private readonly RedisConnection _connection;
    private readonly RedisCalls _calls;
    private readonly RedisGathering<Write> _gathering;

    public RedisWrites(RedisConnection connection, RedisCalls calls)
    {
        (_connection, _calls) = (connection, calls);
        _gathering = new RedisGathering<Write>(writes => _ = SetTogetherAsync(writes));
    }

    /// <summary>Writes one value.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">The value.</param>
    /// <param name="life">How long the store keeps it.</param>
    /// <param name="cancellationToken">The caller's own; the others that it is written with stay.</param>
    public ValueTask<StoreReply<bool>> SetAsync(RedisKey key, RedisValue value, TimeSpan life, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_calls.TryEnter())
        {
            return default;
        }

        var write = new Write(key, value, life);
        if (_connection.IsCluster)
        {
            return SetOneAsync(write, cancellationToken);
        }

        if (_gathering.TryGoAlone())
        {
            return _gathering.NoteReplyAsync(SetOneAsync(write, cancellationToken));
        }

        _gathering.Add(write);
        return write.WaitAsync(cancellationToken);
    }

    private ValueTask<StoreReply<bool>> SetOneAsync(Write write, CancellationToken cancellationToken) =>
        _calls.RunEnteredAsync(RedisOperation.Set, static (database, one) => one.SendAsync(database), write, 1, cancellationToken);

    private async Task SetTogetherAsync(Write[] writes)
    {
        var reply = default(StoreReply<Task<bool>[]>);
        try
        {
            reply = await _calls.RunEnteredAsync(
                RedisOperation.Set, static (database, all) => SendAllAsync(database, all), writes, writes.Length, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            // Also where a listener of the log throws: those who wait are answered.
            _gathering.NoteReply();
            Answer(writes, reply);
        }
    }

    private void Answer(Write[] writes, StoreReply<Task<bool>[]> reply)
    {
        for (var i = 0; i < writes.Length; i++)
        {
            if (reply.Outcome != StoreOutcome.Answered)
            {
                writes[i].SetResult(new StoreReply<bool>(reply.Outcome, false));
            }
            else if (reply.Value![i].IsCompletedSuccessfully)
            {
                writes[i].SetResult(new StoreReply<bool>(StoreOutcome.Answered, reply.Value[i].Result));
            }
            else
            {
                // The others were taken: why this one was not is found out by itself.
                _ = writes[i].EndWithAsync(SetAgainAsync(writes[i]));
            }
        }
    }

    private static async Task<Task<bool>[]> SendAllAsync(IDatabase database, Write[] writes)
    {
        // Not as a batch of the client's: that is written to the connection by this thread, which a store that does not read would hold up.
        var sent = Array.ConvertAll(writes, write => write.SendAsync(database));
        await Task.WhenAll((Task[])sent).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Array.TrueForAll(sent, static one => !one.IsCompletedSuccessfully))
        {
            await sent[0].ConfigureAwait(false);
        }

        return sent;
    }

    private async ValueTask<StoreReply<bool>> SetAgainAsync(Write write) =>
        await _calls.RunAsync(RedisOperation.Set, static (database, one) => one.SendAsync(database), write, CancellationToken.None).ConfigureAwait(false);

    private sealed class Write(RedisKey key, RedisValue value, TimeSpan life) : GatheredCall<bool>
    {
        public Task<bool> SendAsync(IDatabaseAsync database) => database.StringSetAsync(key, value, life);
    }
}
