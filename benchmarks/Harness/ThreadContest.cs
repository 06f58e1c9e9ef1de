using System.Diagnostics;

namespace NeuroLab.Benchmarks.Harness;

/// <summary>
/// Measures the throughput of several ways of one thing on many threads, in turn and round after round, each for the same time. The first is the limit that the others are compared
/// with: by the median of the ratios of one round.
/// </summary>
/// <param name="title">What is compared.</param>
/// <param name="threads">How many threads do it.</param>
/// <param name="round">How long a round of one is.</param>
internal sealed class ThreadContest(string title, int threads, TimeSpan round)
{
    private readonly List<(string Name, int Batch, Action<int> Work, Sample PerSecond)> _contestants = [];

    /// <summary>Adds one.</summary>
    /// <param name="name">Its name in the table.</param>
    /// <param name="batch">How many operations it does at a time.</param>
    /// <param name="work">Does them, on the thread of a number.</param>
    public ThreadContest Add(string name, int batch, Action<int> work)
    {
        _contestants.Add((name, batch, work, new Sample()));
        return this;
    }

    /// <summary>Runs them and prints the table.</summary>
    /// <param name="rounds">How many rounds count.</param>
    /// <param name="warmUp">How many come first.</param>
    public void Run(int rounds, int warmUp)
    {
        for (var number = 0; number < rounds + warmUp; number++)
        {
            for (var i = 0; i < _contestants.Count; i++)
            {
                var (_, batch, work, perSecond) = _contestants[(i + number) % _contestants.Count];
                var measured = Measure(batch, work);
                if (number >= warmUp)
                {
                    perSecond.Add(measured);
                }
            }
        }

        var table = new Table("", "a second, median", $"to {_contestants[0].Name}");
        foreach (var (name, _, _, perSecond) in _contestants)
        {
            table.Add(name, Table.Number((long)perSecond.Median), Table.Ratio(perSecond.RatioTo(_contestants[0].PerSecond)));
        }

        table.Print(title);
    }

    private double Measure(int batch, Action<int> work)
    {
        var stop = false;
        var operations = 0L;
        using var start = new Barrier(threads + 1);
        Thread[] workers = [.. Enumerable.Range(0, threads).Select(number => new Thread(() =>
        {
            var done = 0L;
            start.SignalAndWait();
            while (!Volatile.Read(ref stop))
            {
                work(number);
                done += batch;
            }

            Interlocked.Add(ref operations, done);
        }))];
        Array.ForEach(workers, static worker => worker.Start());
        start.SignalAndWait();
        var started = Stopwatch.GetTimestamp();
        Thread.Sleep(round);
        Volatile.Write(ref stop, true);
        Array.ForEach(workers, static worker => worker.Join());
        return operations / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
