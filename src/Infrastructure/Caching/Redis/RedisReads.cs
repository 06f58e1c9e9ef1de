using NeuroLab.Infrastructure.Caching.Diagnostics;
using StackExchange.Redis;

namespace NeuroLab.Infrastructure.Caching.Redis;

/// <summary>
/// Reads values: one by GET, those of many callers at once by MGET (<see cref="RedisGathering{T}"/>). A group is bounded as one call is, from when the pool sends it; each has a place of its own from when
/// it comes until the client has done with it: what waits is bounded too. Where keys cannot be asked for together (a cluster, whose keys lie in different slots, or a user without the
/// right to MGET) each is a GET. Thread-safe.
/// </summary>
internal sealed class RedisReads
{
    /// <summary>For so long reads go one by one after a group had no answer in time.</summary>
    private const long ApartSeconds = 5;

    private readonly RedisConnection _connection;
    private readonly RedisCalls _calls;
    private readonly RedisGathering<Read> _gathering;
    private readonly TimeProvider _clock;
    private volatile bool _oneByOne;
    private long _apartUntil = long.MinValue;

    public RedisReads(RedisConnection connection, RedisCalls calls, TimeProvider clock)
    {
        (_connection, _calls, _clock) = (connection, calls, clock);
        _gathering = new RedisGathering<Read>(reads => _ = GetTogetherAsync(reads));
    }

    private bool IsApart => Volatile.Read(ref _apartUntil) is var until && until != long.MinValue && _clock.GetTimestamp() < until;

    /// <summary>Reads one value.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="cancellationToken">The caller's own; the others that it is read with stay.</param>
    public ValueTask<StoreReply<RedisValue>> GetAsync(RedisKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_calls.TryEnter())
        {
            return default;
        }

        if (_oneByOne || _connection.IsCluster || IsApart)
        {
            return GetOneAsync(key, cancellationToken);
        }

        if (_gathering.TryGoAlone())
        {
            return _gathering.NoteReplyAsync(GetOneAsync(key, cancellationToken));
        }

        var read = new Read(key);
        _gathering.Add(read);
        return read.WaitAsync(cancellationToken);
    }

    private ValueTask<StoreReply<RedisValue>> GetOneAsync(RedisKey key, CancellationToken cancellationToken) =>
        _calls.RunEnteredAsync(RedisOperation.Get, static (database, k) => database.StringGetAsync(k), key, 1, cancellationToken);

    private async Task GetTogetherAsync(Read[] reads)
    {
        // What is of another type than a value is null here, and an error to a GET: there is no value of ours either way.
        var reply = default(StoreReply<RedisValue[]>);
        try
        {
            reply = await _calls.RunEnteredAsync(
                RedisOperation.Get,
                static (database, keys) => database.StringGetAsync(keys),
                Array.ConvertAll(reads, static read => read.Key),
                reads.Length,
                CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            // Also where a listener of the log throws: those who wait are answered.
            _gathering.NoteReply();
            Answer(reads, reply);
        }
    }

    private void Answer(Read[] reads, StoreReply<RedisValue[]> reply)
    {
        if (reply.Outcome == StoreOutcome.Unavailable)
        {
            // Together they may have been too much for the time that one has: for a while each takes its own.
            Volatile.Write(ref _apartUntil, _clock.GetTimestamp() + (ApartSeconds * _clock.TimestampFrequency));
        }
        else if (reply.Outcome == StoreOutcome.Refused)
        {
            _oneByOne = true;
            foreach (var read in reads)
            {
                _ = read.EndWithAsync(GetAgainAsync(read));
            }

            return;
        }

        for (var i = 0; i < reads.Length; i++)
        {
            reads[i].SetResult(new StoreReply<RedisValue>(reply.Outcome, i < reply.Value?.Length ? reply.Value[i] : default));
        }
    }

    private async ValueTask<StoreReply<RedisValue>> GetAgainAsync(Read read) =>
        await _calls.RunAsync(RedisOperation.Get, static (database, key) => database.StringGetAsync(key), read.Key, CancellationToken.None).ConfigureAwait(false);

    private sealed class Read(RedisKey key) : GatheredCall<RedisValue>
    {
        public RedisKey Key => key;
    }
}
