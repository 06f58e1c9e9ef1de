using NeuroLab.Application.Abstractions.Identity;

namespace NeuroLab.Infrastructure.Identity;

/// <summary>
/// Counts failed sign-ins by address and account over a sliding minute. Thread-safe. Holds at most <see cref="MaxTracked"/> pairs: the one whose last
/// failure is longest ago goes first.
/// </summary>
internal sealed class SignInThrottle(TimeProvider clock) : ISignInThrottle
{
    /// <summary>Failures within <see cref="Window"/> after which a pair has to wait.</summary>
    internal const int MaxFailures = 10;

    /// <summary>Most pairs that are remembered.</summary>
    internal const int MaxTracked = 10_000;

    /// <summary>Over what time failures are counted.</summary>
    internal static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Address, string Email), LinkedListNode<Failures>> _byPair = [];
    private readonly LinkedList<Failures> _byLastFailure = new();

    /// <summary>How many pairs are remembered.</summary>
    internal int Tracked
    {
        get
        {
            lock (_gate)
            {
                return _byPair.Count;
            }
        }
    }

    /// <inheritdoc />
    public TimeSpan? GetDelay(string address, string normalizedEmail)
    {
        lock (_gate)
        {
            if (!_byPair.TryGetValue((address, normalizedEmail), out var node) || node.Value.Moments.Count < MaxFailures)
            {
                return null;
            }

            var wait = Window - clock.GetElapsedTime(node.Value.Moments.Peek());
            return wait > TimeSpan.Zero ? wait : null;
        }
    }

    /// <inheritdoc />
    public void RecordFailure(string address, string normalizedEmail)
    {
        var now = clock.GetTimestamp();
        lock (_gate)
        {
            var pair = (address, normalizedEmail);
            if (_byPair.TryGetValue(pair, out var node))
            {
                _byLastFailure.Remove(node);
            }
            else
            {
                MakeRoom(now);
                node = new LinkedListNode<Failures>(new Failures(pair, new Queue<long>(MaxFailures)));
                _byPair.Add(pair, node);
            }

            if (node.Value.Moments.Count == MaxFailures)
            {
                node.Value.Moments.Dequeue();
            }

            node.Value.Moments.Enqueue(now);
            node.Value.Last = now;
            _byLastFailure.AddLast(node);
        }
    }

    private void MakeRoom(long now)
    {
        while (_byLastFailure.First is { } oldest
            && (_byPair.Count >= MaxTracked || clock.GetElapsedTime(oldest.Value.Last, now) >= Window))
        {
            _byLastFailure.RemoveFirst();
            _byPair.Remove(oldest.Value.Pair);
        }
    }

    private sealed class Failures((string Address, string Email) pair, Queue<long> moments)
    {
        public (string Address, string Email) Pair { get; } = pair;

        /// <summary>The newest failures, oldest first; at most <see cref="MaxFailures"/>.</summary>
        public Queue<long> Moments { get; } = moments;

        public long Last { get; set; }
    }
}
