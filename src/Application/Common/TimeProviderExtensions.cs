namespace NeuroLab.Application.Common;

/// <summary>The clock as data needs it.</summary>
public static class TimeProviderExtensions
{
    /// <summary>Now, UTC, cut to microseconds: the finest that every supported database stores.</summary>
    public static DateTime UtcNow(this TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var now = clock.GetUtcNow().UtcDateTime;
        return new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc);
    }
}
