using System.Diagnostics;

namespace NeuroLab.Benchmarks.Harness;

/// <summary>
/// Measures several ways of one thing on one thread, in turn and round after round, so that what disturbs the machine disturbs each. The first is the limit that the others are
/// compared with: by the median of the ratios of one round.
/// </summary>
/// <param name="title">What is compared.</param>
/// <param name="limit">What the first one is.</param>
internal sealed class Contest(string title, string limit)
{
    private readonly List<Contestant> _contestants = [];

    /// <summary>Adds one.</summary>
    /// <param name="name">Its name in the table.</param>
    /// <param name="operations">How many operations a round of it is.</param>
    /// <param name="round">Does them.</param>
    public Contest Add(string name, int operations, Action round)
    {
        _contestants.Add(new Contestant(name, operations, round));
        return this;
    }

    /// <summary>Runs them and prints the table.</summary>
    /// <param name="rounds">How many rounds count.</param>
    /// <param name="warmUp">How many come first: enough for the compiler's last tier.</param>
    public void Run(int rounds, int warmUp)
    {
        for (var round = -warmUp; round < rounds; round++)
        {
            if (round == 0)
            {
                // What was stored is then where it comes to lie in a service that runs: together, without what was left over on the way.
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            }

            for (var i = 0; i < _contestants.Count; i++)
            {
                // Each begins a round in its turn: none always comes after the same one.
                _contestants[(i + round + warmUp) % _contestants.Count].Measure(counts: round >= 0);
            }
        }

        var table = new Table("", "median", $"to {limit}", "B each");
        foreach (var contestant in _contestants)
        {
            table.Add(contestant.Name, Table.Duration(contestant.Sample.Median), Table.Ratio(contestant.Sample.RatioTo(_contestants[0].Sample)), Table.Bytes(contestant.BytesEach));
        }

        table.Print(title);
    }

    private sealed class Contestant(string name, int operations, Action round)
    {
        private long _bytes;
        private long _operations;

        public string Name => name;

        public Sample Sample { get; } = new();

        public double BytesEach => (double)_bytes / _operations;

        public void Measure(bool counts)
        {
            var bytes = GC.GetAllocatedBytesForCurrentThread();
            var started = Stopwatch.GetTimestamp();
            round();
            var elapsed = Stopwatch.GetElapsedTime(started);
            if (counts)
            {
                Sample.Add(elapsed.TotalNanoseconds / operations);
                _bytes += GC.GetAllocatedBytesForCurrentThread() - bytes;
                _operations += operations;
            }
        }
    }
}
