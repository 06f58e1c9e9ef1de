using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Application.Common;

namespace NeuroLab.Infrastructure.Identity;

/// <summary>
/// Counts sign-ins by address and account: those that failed within the last minute, and those under way. Together they are never more than
/// <see cref="MaxFailures"/>. Beside the pairs with an attempt under way at most <see cref="MaxTracked"/> are remembered: the one that was tried longest ago
/// goes first. Thread-safe.
/// </summary>
internal sealed class SignInThrottle(TimeProvider clock) : ISignInThrottle
{
    /// <summary>Failures within <see cref="Window"/> after which a pair has to wait.</summary>
    internal const int MaxFailures = 10;

    /// <summary>Most pairs that are remembered without an attempt under way.</summary>
    internal const int MaxTracked = 10_000;

    /// <summary>Most attempts that wait for others to end.</summary>
    internal const int MaxWaiting = 1_000;

    /// <summary>Over what time failures are counted.</summary>
    internal static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>How long an attempt waits for those under way.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Address, string Account), Pair> _pairs = [];

    /// <summary>The pairs without an attempt under way; the one whose last attempt ended longest ago comes first.</summary>
    private readonly LinkedList<Pair> _idle = new();
    private int _waiting;

    /// <summary>How many pairs are remembered.</summary>
    internal int Tracked
    {
        get
        {
            lock (_gate)
            {
                return _pairs.Count;
            }
        }
    }

    /// <inheritdoc />
    public async Task<ISignInAttempt> BeginAsync(string address, string account, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (TryBegin((address, account)) is { } attempt)
                {
                    return attempt;
                }

                if (_waiting == MaxWaiting)
                {
                    throw HeldBack(RetryAfter);
                }

                _waiting++;
                changed = _pairs[(address, account)].Changed.Task;
            }

            try
            {
                var left = LongestWait - clock.GetElapsedTime(started);
                await changed.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                throw HeldBack(RetryAfter);
            }
            finally
            {
                lock (_gate)
                {
                    _waiting--;
                }
            }
        }
    }

    /// <returns>The attempt; null where those under way have to end first.</returns>
    private Attempt? TryBegin((string Address, string Account) key)
    {
        MakeRoom();
        if (!_pairs.TryGetValue(key, out var pair))
        {
            _pairs.Add(key, pair = new Pair(key));
        }

        while (pair.Failures.TryPeek(out var oldest) && clock.GetElapsedTime(oldest) >= Window)
        {
            pair.Failures.Dequeue();
        }

        if (pair.Failures.Count == MaxFailures)
        {
            throw HeldBack(Window - clock.GetElapsedTime(pair.Failures.Peek()));
        }

        if (pair.Failures.Count + pair.UnderWay == MaxFailures)
        {
            return null;
        }

        if (pair.UnderWay++ == 0 && pair.Idle is { } node)
        {
            _idle.Remove(node);
            pair.Idle = null;
        }

        return new Attempt(this, pair);
    }

    private void End(Pair pair, bool failed)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            if (failed)
            {
                pair.Failures.Enqueue(clock.GetTimestamp());
            }

            if (--pair.UnderWay == 0)
            {
                if (pair.Failures.Count == 0)
                {
                    _pairs.Remove(pair.Key);
                }
                else
                {
                    pair.LastEnded = clock.GetTimestamp();
                    pair.Idle = _idle.AddLast(pair);
                    MakeRoom();
                }
            }

            changed = pair.Changed;
            pair.Changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    private void MakeRoom()
    {
        while (_idle.First is { } oldest && (_idle.Count > MaxTracked || clock.GetElapsedTime(oldest.Value.LastEnded) >= Window))
        {
            _idle.RemoveFirst();
            _pairs.Remove(oldest.Value.Key);
        }
    }

    private static RateLimitedException HeldBack(TimeSpan delay) => new("Too many failed sign-ins. Try again later.", delay);

    /// <summary>What is remembered of an address and account.</summary>
    private sealed class Pair((string Address, string Account) key)
    {
        public (string Address, string Account) Key { get; } = key;

        /// <summary>The failures of the last <see cref="Window"/>, oldest first; at most <see cref="MaxFailures"/>.</summary>
        public Queue<long> Failures { get; } = new(MaxFailures);

        public int UnderWay { get; set; }

        public long LastEnded { get; set; }

        public LinkedListNode<Pair>? Idle { get; set; }

        /// <summary>Ends when an attempt has ended.</summary>
        public TaskCompletionSource Changed { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Attempt(SignInThrottle throttle, Pair pair) : ISignInAttempt
    {
        private int _ended;

        public void Fail() => End(failed: true);

        public void Dispose() => End(failed: false);

        private void End(bool failed)
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                throttle.End(pair, failed);
            }
        }
    }
}
