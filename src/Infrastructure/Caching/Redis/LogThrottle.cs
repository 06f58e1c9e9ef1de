namespace NeuroLab.Infrastructure.Caching.Redis;

/// <summary>Lets one log line through in a while, and counts what it held back. Thread-safe.</summary>
internal sealed class LogThrottle(TimeProvider clock)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);
    private readonly long _every = (long)(Every.TotalSeconds * clock.TimestampFrequency);
    private long _next = long.MinValue;
    private long _suppressed;

    /// <summary>Whether to write the line now.</summary>
    /// <param name="suppressed">How many were held back since the last one.</param>
    public bool TryEnter(out long suppressed)
    {
        var now = clock.GetTimestamp();
        var next = Volatile.Read(ref _next);
        if (now < next || Interlocked.CompareExchange(ref _next, now + _every, next) != next)
        {
            Interlocked.Increment(ref _suppressed);
            suppressed = 0;
            return false;
        }

        suppressed = Interlocked.Exchange(ref _suppressed, 0);
        return true;
    }
}
