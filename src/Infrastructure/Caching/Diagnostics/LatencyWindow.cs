using NeuroLab.Application.CacheAdministration;

namespace NeuroLab.Infrastructure.Caching.Diagnostics;

/// <summary>The newest measurements of one thing, for quantiles over the last minute. Keeps <see cref="Kept"/>, whatever comes; adding allocates nothing. Thread-safe.</summary>
internal sealed class LatencyWindow(TimeProvider clock)
{
    /// <summary>How many measurements are kept.</summary>
    internal const int Kept = 1024;

    /// <summary>How old a measurement may be.</summary>
    internal static readonly TimeSpan Span = TimeSpan.FromMinutes(1);

    private const int Decimals = 6;
    private const double MillisecondsPerSecond = 1000;

    private readonly Lock _gate = new();
    private readonly (long At, double Seconds)[] _measured = new (long, double)[Kept];
    private long _count;

    /// <summary>Adds a measurement.</summary>
    /// <param name="seconds">How long it took, 0 or more.</param>
    public void Add(double seconds)
    {
        lock (_gate)
        {
            _measured[_count++ % Kept] = (clock.GetTimestamp(), seconds);
        }
    }

    /// <summary>The quantiles, each a time that was measured.</summary>
    public LatencyQuantiles Quantiles()
    {
        double[] recent;
        lock (_gate)
        {
            recent = [.. _measured.Take((int)Math.Min(_count, Kept)).Where(one => clock.GetElapsedTime(one.At) <= Span).Select(one => one.Seconds)];
        }

        Array.Sort(recent);
        return recent.Length == 0 ? new LatencyQuantiles(null, null) : new LatencyQuantiles(At(0.5), At(0.99));

        double At(double share) => Math.Round(recent[Math.Max(0, (int)Math.Ceiling(share * recent.Length) - 1)] * MillisecondsPerSecond, Decimals);
    }
}
