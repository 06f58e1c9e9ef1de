namespace NeuroLab.Infrastructure.Caching.Redis;

/// <summary>
/// The store's time, as this node knows it. A reply to TIME was written somewhere between sending and receiving, so what is known is
/// an interval; a writer stamps with its early end and a reader judges by its late end, hence what is not known only makes a value look older,
/// never younger. Several masters widen the interval. Runs on this node's monotonic clock, so a step of the wall clock here changes nothing;
/// a step of the store's clock is learnt with the next heartbeat. Thread-safe.
/// </summary>
internal sealed class RedisClock(TimeProvider clock)
{
    private readonly long _origin = clock.GetTimestamp();
    private volatile Offset? _offset;

    /// <summary>Whether the store's time is known.</summary>
    public bool IsKnown => _offset is not null;

    /// <summary>A moment of this node's monotonic clock, for <see cref="Learn"/>.</summary>
    public TimeSpan Mark() => clock.GetElapsedTime(_origin);

    /// <summary>Takes what the masters answered.</summary>
    /// <param name="answers">When TIME was sent and its reply received, and what it said; one or more.</param>
    public void Learn(IReadOnlyCollection<(TimeSpan Sent, TimeSpan Received, DateTime Time)> answers) => _offset = new Offset(
        answers.Min(a => a.Time - DateTime.UnixEpoch - a.Received),
        answers.Max(a => a.Time - DateTime.UnixEpoch - a.Sent) + TimeSpan.FromMicroseconds(1));

    /// <summary>Forgets: the store may be another one.</summary>
    public void Forget() => _offset = null;

    /// <summary>The least and the most that the store's clock can show now, in milliseconds since 1970.</summary>
    public bool TryGetNow(out long earliest, out long latest)
    {
        if (_offset is not { } offset)
        {
            (earliest, latest) = (0, 0);
            return false;
        }

        var now = Mark();
        earliest = (now + offset.Low).Ticks / TimeSpan.TicksPerMillisecond;
        latest = ((now + offset.High).Ticks / TimeSpan.TicksPerMillisecond) + 1;
        return true;
    }

    private sealed record Offset(TimeSpan Low, TimeSpan High);
}
