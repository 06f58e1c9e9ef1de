using NeuroLab.Infrastructure.Caching.Diagnostics;
using StackExchange.Redis;

namespace NeuroLab.Infrastructure.Caching.Redis;

/// <summary>
/// Reads values, and asks for those of many callers at once. Nobody waits for company: a read with none under way is sent as it is, and those that come while one is under way are sent
/// together, by one MGET, as soon as the thread pool gets to it. Each is bounded as a call of its own is, and has a place of its own, from when it comes until the client has done with it.
/// Where keys cannot be asked for together (a cluster, whose keys lie in different slots, or a user without the right to MGET) each is a GET. Thread-safe.
/// </summary>
internal sealed class RedisReads(RedisConnection connection, RedisCalls calls) : IThreadPoolWorkItem
{
    /// <summary>The most keys of one MGET: more save little, and one reply that is large holds up those behind it.</summary>
    internal const int MaxTogether = 32;

    private readonly Lock _gate = new();
    private readonly Queue<Read> _waiting = new();
    private int _underWay;
    private bool _isQueued;
    private volatile bool _oneByOne;

    /// <summary>Reads one value.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="cancellationToken">The caller's own; the others that it is read with stay.</param>
    public ValueTask<StoreReply<RedisValue>> GetAsync(RedisKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!calls.TryEnter())
        {
            return default;
        }

        if (_oneByOne || connection.IsCluster)
        {
            return GetOneAsync(key, cancellationToken);
        }

        Read? read = null;
        lock (_gate)
        {
            if (_underWay > 0)
            {
                read = new Read(key);
                _waiting.Enqueue(read);
                Queue();
            }
            else
            {
                _underWay++;
            }
        }

        return read is null ? GetAloneAsync(key, cancellationToken)
            : new(cancellationToken.CanBeCanceled ? read.Task.WaitAsync(cancellationToken) : read.Task);
    }

    /// <summary>Sends what waits.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        Read[] together;
        lock (_gate)
        {
            together = new Read[Math.Min(MaxTogether, _waiting.Count)];
            for (var i = 0; i < together.Length; i++)
            {
                together[i] = _waiting.Dequeue();
            }

            _underWay++;
            _isQueued = false;
            Queue();
        }

        _ = GetTogetherAsync(together);
    }

    /// <summary>Sees to it that what waits is sent. Under the gate.</summary>
    private void Queue()
    {
        if (!_isQueued && _waiting.Count > 0)
        {
            _isQueued = true;

            // Behind what the pool has to do already: those who come of that are sent along.
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private async ValueTask<StoreReply<RedisValue>> GetAloneAsync(RedisKey key, CancellationToken cancellationToken)
    {
        try
        {
            return await GetOneAsync(key, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            NoteReply();
        }
    }

    private ValueTask<StoreReply<RedisValue>> GetOneAsync(RedisKey key, CancellationToken cancellationToken) =>
        calls.RunEnteredAsync(RedisOperation.Get, static (database, k) => database.StringGetAsync(k), key, 1, cancellationToken);

    private async Task GetTogetherAsync(Read[] reads)
    {
        // What is not a value of text or bytes is null here, and an error of its own to a GET: there is no value of ours either way.
        var reply = await calls.RunEnteredAsync(
            RedisOperation.Get, static (database, keys) => database.StringGetAsync(keys), Array.ConvertAll(reads, static read => read.Key), reads.Length, CancellationToken.None).ConfigureAwait(false);
        NoteReply();
        if (reply.Outcome == StoreOutcome.Refused)
        {
            _oneByOne = true;
            foreach (var read in reads)
            {
                _ = AgainAsync(read);
            }

            return;
        }

        for (var i = 0; i < reads.Length; i++)
        {
            reads[i].SetResult(new StoreReply<RedisValue>(reply.Outcome, i < reply.Value?.Length ? reply.Value[i] : default));
        }
    }

    private async Task AgainAsync(Read read) =>
        read.SetResult(await calls.RunAsync(RedisOperation.Get, static (database, key) => database.StringGetAsync(key), read.Key, CancellationToken.None).ConfigureAwait(false));

    private void NoteReply()
    {
        lock (_gate)
        {
            _underWay--;
        }
    }

    /// <summary>One who waits. Whoever goes on from here does so in the pool: none holds up the others.</summary>
    private sealed class Read(RedisKey key) : TaskCompletionSource<StoreReply<RedisValue>>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public RedisKey Key => key;
    }
}
