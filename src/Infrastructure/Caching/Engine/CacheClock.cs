using System.Diagnostics;
using NeuroLab.Application.Common;

namespace NeuroLab.Infrastructure.Caching.Engine;

/// <summary>
/// The node's two clocks. Lives and trust are judged by the monotonic one, which no step of the wall clock moves and which runs on while the
/// process is stopped; the other is for display. Thread-safe.
/// </summary>
internal sealed class CacheClock
{
    /// <summary>
    /// More than the kernel's coarse clock is behind: two of its ticks, 10 ms each on the slowest, and five where the processor that moves it on is held up, until another does (Linux, tick-sched.c).
    /// A machine that is stopped as a whole may read the time of before for the moment until its first tick.
    /// </summary>
    private const long CoarseLag = 100 * TimeSpan.TicksPerMillisecond;

    private readonly long _startedAt;
    private readonly long _origin;
    private readonly bool _hasCoarse;
    private long _wallOffset;

    /// <summary>Makes the clock.</summary>
    /// <param name="provider">Gives both times, and the timers.</param>
    public CacheClock(TimeProvider provider)
    {
        Provider = provider;
        _startedAt = provider.UtcNow().Ticks;
        _origin = provider.GetTimestamp();

        // On Linux both are the same clock of the kernel, read as it was at its last tick or as it is. Elsewhere they may drift apart.
        _hasCoarse = provider == TimeProvider.System && OperatingSystem.IsLinux() && Stopwatch.Frequency == 1_000_000_000
            && _origin - (Environment.TickCount64 * 1_000_000) is >= 0 and < CoarseLag * 100;
    }

    /// <summary>The underlying provider, for timers.</summary>
    public TimeProvider Provider { get; }

    /// <summary>Ticks (100 ns) from the wall clock's time when this clock was made, so zero is before everything, and differences alone have a meaning.</summary>
    public long Now => _startedAt + Provider.GetElapsedTime(_origin).Ticks;

    /// <summary>
    /// The same, for a fifth of the price: at most <see cref="CoarseLag"/> later than it is, and not earlier. What is fresh then is fresh now.
    /// </summary>
    public long NowOrLater => _hasCoarse ? _startedAt + (Environment.TickCount64 * TimeSpan.TicksPerMillisecond) - (_origin / 100) + CoarseLag : Now;

    /// <summary>The wall clock, UTC.</summary>
    public DateTime UtcNow => Provider.UtcNow();

    /// <summary>
    /// The wall clock's time, UTC, at a time of this clock; to the millisecond, and told by the same offset until the wall clock is found to be elsewhere: what was loaded earlier was cached earlier.
    /// </summary>
    public DateTime WallAt(long ticks)
    {
        var before = Now;
        var offset = UtcNow.Ticks - before;
        var kept = Volatile.Read(ref _wallOffset);

        // Not where the thread was held up between the two readings: that looks like a step of the wall clock.
        if (Math.Abs(offset - kept) > TimeSpan.TicksPerMillisecond && Now - before < TimeSpan.TicksPerMillisecond)
        {
            kept = offset - (offset % TimeSpan.TicksPerMillisecond);
            Volatile.Write(ref _wallOffset, kept);
        }

        return new DateTime(ticks + kept, DateTimeKind.Utc);
    }

    /// <summary>A span of this clock's ticks for display: seconds, to the millisecond.</summary>
    public static double Seconds(long ticks) => Math.Round(TimeSpan.FromTicks(ticks).TotalSeconds, 3);
}
