using NeuroLab.Application.CacheAdministration;

namespace NeuroLab.Infrastructure.Caching.Diagnostics;

/// <summary>About the newest measurements of one thing, for quantiles over the last minute. Keeps <see cref="Kept"/>, whatever comes; adding allocates nothing. Thread-safe.</summary>
internal sealed class LatencyWindow(TimeProvider clock)
{
    /// <summary>How many measurements are kept.</summary>
    internal const int Kept = 1024;

    /// <summary>How old a measurement may be.</summary>
    internal static readonly TimeSpan Span = TimeSpan.FromMinutes(1);

    private const int Decimals = 6;
    private const double MillisecondsPerSecond = 1000;

    private readonly double[] _seconds = new double[Kept];
    private readonly long[] _at = new long[Kept];
    private long _count;

    /// <summary>Adds a measurement.</summary>
    /// <param name="seconds">How long it took, 0 or more.</param>
    public void Add(double seconds)
    {
        var place = (Interlocked.Increment(ref _count) - 1) % Kept;
        Volatile.Write(ref _seconds[place], seconds);

        // Last: whoever sees this time sees a measurement that is as new at least.
        Volatile.Write(ref _at[place], clock.GetTimestamp());
    }

    /// <summary>The quantiles, each a time that was measured.</summary>
    public LatencyQuantiles Quantiles()
    {
        // A place whose time is 0 is taken, and not written to yet.
        double[] recent =
        [
            .. Enumerable.Range(0, (int)Math.Min(Volatile.Read(ref _count), Kept))
                .Where(place => Volatile.Read(ref _at[place]) is var at and not 0 && clock.GetElapsedTime(at) <= Span)
                .Select(place => Volatile.Read(ref _seconds[place])),
        ];
        Array.Sort(recent);
        return recent.Length == 0 ? new LatencyQuantiles(null, null) : new LatencyQuantiles(At(0.5), At(0.99));

        double At(double share) => Math.Round(recent[Math.Max(0, (int)Math.Ceiling(share * recent.Length) - 1)] * MillisecondsPerSecond, Decimals);
    }
}
