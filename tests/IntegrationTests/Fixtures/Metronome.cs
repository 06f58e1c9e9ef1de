using System.Diagnostics;

namespace NeuroLab.IntegrationTests.Fixtures;

/// <summary>
/// Notes when this machine stood still: a thread that wants to run a hundred times a second, and did not get to. What took long because everything did is no fault of the service.
/// Thread-safe.
/// </summary>
internal sealed class Metronome : IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Noted = TimeSpan.FromMilliseconds(50);

    private readonly List<(long From, long To)> _gaps = [];
    private readonly Thread _thread;
    private long _last = Stopwatch.GetTimestamp();
    private volatile bool _stopping;

    public Metronome()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "metronome" };
        _thread.Start();
    }

    /// <summary>How long it stood still between two moments, by the stopwatch.</summary>
    public TimeSpan StoodStill(long from, long to)
    {
        lock (_gaps)
        {
            // The one that is open, too: who asks may have come to himself first.
            return Stopwatch.GetElapsedTime(0, _gaps.Append((From: _last, To: Stopwatch.GetTimestamp())).Sum(gap => Math.Max(0, Math.Min(gap.To, to) - Math.Max(gap.From, from))));
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
    }

    private void Run()
    {
        while (!_stopping)
        {
            Thread.Sleep(Beat);
            var now = Stopwatch.GetTimestamp();
            lock (_gaps)
            {
                if (Stopwatch.GetElapsedTime(_last, now) > Noted)
                {
                    _gaps.Add((_last, now));
                }

                _last = now;
            }
        }
    }
}
