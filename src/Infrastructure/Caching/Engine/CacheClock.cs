using NeuroLab.Application.Common;

namespace NeuroLab.Infrastructure.Caching.Engine;

/// <summary>
/// The node's two clocks. Lives and trust are judged by the monotonic one, which no step of the wall clock moves and which runs on while the
/// process is stopped; the other is for display. Thread-safe.
/// </summary>
internal sealed class CacheClock(TimeProvider provider)
{
    private readonly long _origin = provider.GetTimestamp();

    /// <summary>The underlying provider, for timers.</summary>
    public TimeProvider Provider { get; } = provider;

    /// <summary>Ticks (100 ns) since this clock was made; starts above zero, so that zero is before everything.</summary>
    public long Now => Provider.GetElapsedTime(_origin).Ticks + 1;

    /// <summary>The wall clock, UTC.</summary>
    public DateTime UtcNow => Provider.UtcNow();

    /// <summary>A span of this clock's ticks for display: seconds, to the millisecond.</summary>
    public static double Seconds(long ticks) => Math.Round(TimeSpan.FromTicks(ticks).TotalSeconds, 3);
}
