using System.Diagnostics;

namespace NeuroLab.Benchmarks.Harness;

/// <summary>Keeps a number of asynchronous operations under way.</summary>
internal static class InFlight
{
    /// <summary>Runs operations, so many at a time.</summary>
    /// <param name="width">How many are under way.</param>
    /// <param name="operations">How many there are.</param>
    /// <param name="operation">Does one, of a number.</param>
    /// <returns>Operations a second, and how long one took in 99 of 100 cases, in nanoseconds.</returns>
    public static async Task<(double PerSecond, double P99)> RunAsync(int width, int operations, Func<int, Task> operation)
    {
        var latencies = new double[operations];
        var next = -1;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, width).Select(_ => Task.Run(async () =>
        {
            int number;
            while ((number = Interlocked.Increment(ref next)) < operations)
            {
                var begun = Stopwatch.GetTimestamp();
                await operation(number).ConfigureAwait(false);
                latencies[number] = Stopwatch.GetElapsedTime(begun).TotalNanoseconds;
            }
        })));
        var elapsed = Stopwatch.GetElapsedTime(started);
        Array.Sort(latencies);
        return (operations / elapsed.TotalSeconds, latencies[(int)(operations * 0.99)]);
    }
}
