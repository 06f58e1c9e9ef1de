namespace NeuroLab.Infrastructure.Caching.Redis;

/// <summary>
/// Gathers calls of many callers, so that they are sent at once. Nobody waits for company: with none under way a call goes alone, and those that come while one is under way
/// go together as soon as the thread pool gets to them. Nothing here waits for a reply: one that stays out holds nothing up. Thread-safe.
/// </summary>
/// <param name="send">Sends calls; each group ends with <see cref="NoteReply"/>.</param>
internal sealed class RedisGathering<T>(Action<T[]> send) : IThreadPoolWorkItem
{
    /// <summary>The most calls that go together: more save little, and a reply that is large holds up those behind it.</summary>
    internal const int MaxTogether = 32;

    private readonly Lock _gate = new();
    private readonly Queue<T> _waiting = new();
    private int _underWay;
    private bool _hasTurn;

    /// <summary>Whether a call is to go alone, now.</summary>
    /// <returns>True where it ends with <see cref="NoteReply"/>; false where it is to be added.</returns>
    public bool TryGoAlone()
    {
        lock (_gate)
        {
            if (_underWay > 0)
            {
                return false;
            }

            _underWay++;
            return true;
        }
    }

    /// <summary>Adds a call to those that go next.</summary>
    public void Add(T call)
    {
        lock (_gate)
        {
            _waiting.Enqueue(call);
            TakeTurn();
        }
    }

    /// <summary>Waits for a call that goes alone, and notes its reply.</summary>
    public async ValueTask<TReply> NoteReplyAsync<TReply>(ValueTask<TReply> alone)
    {
        try
        {
            return await alone.ConfigureAwait(false);
        }
        finally
        {
            NoteReply();
        }
    }

    /// <summary>A call that went alone, or a group, has ended.</summary>
    public void NoteReply()
    {
        lock (_gate)
        {
            _underWay--;
        }
    }

    /// <summary>Sends what waits.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        T[] together;
        lock (_gate)
        {
            together = new T[Math.Min(MaxTogether, _waiting.Count)];
            for (var i = 0; i < together.Length; i++)
            {
                together[i] = _waiting.Dequeue();
            }

            _underWay++;
            _hasTurn = false;
            TakeTurn();
        }

        send(together);
    }

    private void TakeTurn()
    {
        if (!_hasTurn && _waiting.Count > 0)
        {
            _hasTurn = true;

            // Behind what the pool has to do already: those who come of that go along.
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }
}
