using NeuroLab.Benchmarks.Harness;

namespace NeuroLab.Benchmarks.Redis;

/// <summary>
/// Measures several ways of one thing with many callers, in turn and round after round, so that what disturbs the machine disturbs each. The first is the limit that the others
/// are compared with: by the medians of the ratios of one round.
/// </summary>
internal sealed class RedisContest
{
    private const int Callers = 50;
    private readonly List<Contestant> _contestants = [];

    /// <summary>Adds one.</summary>
    /// <param name="name">Its name in the table.</param>
    /// <param name="operation">One operation, of a number that goes up.</param>
    public void Add(string name, Func<int, Task> operation) => _contestants.Add(new Contestant(name, operation));

    /// <summary>Runs the limit with those that the command line names, all where it names none, and prints the table.</summary>
    public async Task RunAsync(string title, BenchmarkRun run)
    {
        var limit = _contestants[0];
        _contestants.RemoveAll(one => one != limit && run.Arguments.Count > 0 && !run.Arguments.Contains(one.Name, StringComparer.Ordinal));
        var operations = run.Of(10_000, 500);
        var (rounds, warmUp) = (run.Of(40, 2), run.Of(40, 1));
        for (var round = -warmUp; round < rounds; round++)
        {
            for (var i = 0; i < _contestants.Count; i++)
            {
                // Each begins a round in its turn: none always comes after the same one.
                await _contestants[(i + round + warmUp) % _contestants.Count].MeasureAsync(Callers, operations, counts: round >= 0);
            }
        }

        var table = new Table("way", "a second", $"to {limit.Name}", "p99", $"to {limit.Name}", "B each");
        foreach (var one in _contestants)
        {
            table.Add(
                one.Name,
                Table.Number((long)(1e9 / one.Each.Median)),
                Table.Ratio(limit.Each.RatioTo(one.Each)),
                Table.Duration(one.P99.Median),
                Table.Ratio(one.P99.RatioTo(limit.P99)),
                Table.Bytes(one.BytesEach));
        }

        table.Print($"{title}, {Callers} in flight");
    }

    private sealed class Contestant(string name, Func<int, Task> operation)
    {
        private int _done;
        private long _bytes;
        private long _counted;

        public string Name => name;

        /// <summary>Nanoseconds from one end of an operation to the next.</summary>
        public Sample Each { get; } = new();

        public Sample P99 { get; } = new();

        public double BytesEach => (double)_bytes / _counted;

        public async Task MeasureAsync(int callers, int operations, bool counts)
        {
            var first = _done;
            _done += operations;
            var bytes = GC.GetTotalAllocatedBytes();
            var (perSecond, p99) = await InFlight.RunAsync(callers, operations, number => operation(first + number));
            if (counts)
            {
                Each.Add(1e9 / perSecond);
                P99.Add(p99);
                _bytes += GC.GetTotalAllocatedBytes() - bytes;
                _counted += operations;
            }
        }
    }
}
