namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>
/// How far a loader's wall clock was from the node's monotonic one, which counts from the wall clock's time at the start: in milliseconds up to twelve days, where nothing but a
/// clock that was set can put it; in minutes beyond. Immutable.
/// </summary>
/// <param name="Code">In the lowest bit the unit, above it how many.</param>
internal readonly record struct WallClockOffset(int Code)
{
    private const int InMinutes = 1;
    private const long Most = int.MaxValue >> 1;

    private WallClockOffset(long span, int unit)
        : this((int)(span << 1) | unit)
    {
    }

    /// <summary>The wall clock's time at a time of the monotonic clock.</summary>
    public DateTime At(long ticks)
    {
        var at = ticks + ((Code >> 1) * ((Code & InMinutes) == 0 ? TimeSpan.TicksPerMillisecond : TimeSpan.TicksPerMinute));
        return new DateTime(Math.Clamp(at, 0, DateTime.MaxValue.Ticks), DateTimeKind.Utc);
    }

    /// <summary>The offset between two times of one moment.</summary>
    /// <param name="wall">By the loader's wall clock.</param>
    /// <param name="ticks">By the node's monotonic clock.</param>
    /// <returns>The offset, and the monotonic time moved back by less than a millisecond so that with it the wall clock's comes out exactly, where that is told in milliseconds.</returns>
    public static (WallClockOffset Offset, long Ticks) Of(DateTime wall, long ticks)
    {
        var ahead = wall.Ticks - ticks;
        var milliseconds = (ahead > 0 ? ahead + TimeSpan.TicksPerMillisecond - 1 : ahead) / TimeSpan.TicksPerMillisecond;
        if (Math.Abs(milliseconds) <= Most)
        {
            return (new(milliseconds, 0), wall.Ticks - (milliseconds * TimeSpan.TicksPerMillisecond));
        }

        // The years of DateTime, in minutes, are five times as many as there is room for: a clock that is a thousand years off is not told of to the year.
        return (new(Math.Clamp(ahead / TimeSpan.TicksPerMinute, -Most, Most), InMinutes), ticks);
    }
}
