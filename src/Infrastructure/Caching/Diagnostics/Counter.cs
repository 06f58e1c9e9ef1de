using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;

namespace NeuroLab.Infrastructure.Caching.Diagnostics;

/// <summary>A count that many threads add to without sharing a cache line. Reading sums up; it may miss what is being added.</summary>
internal sealed class Counter
{
    private static readonly int Mask = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount) - 1;

    private readonly Cell[] _cells = new Cell[Mask + 1];

    public long Value
    {
        get
        {
            long sum = 0;
            for (var i = 0; i < _cells.Length; i++)
            {
                sum += Volatile.Read(ref _cells[i].Value);
            }

            return sum;
        }
    }

    /// <summary>What was added on this processor: enough to take one of many by.</summary>
    public long Here => Volatile.Read(ref _cells[Thread.GetCurrentProcessorId() & Mask].Value);

    public void Increment() => Interlocked.Increment(ref _cells[Thread.GetCurrentProcessorId() & Mask].Value);

    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Cell
    {
        [FieldOffset(64)]
        public long Value;
    }
}

/// <summary>
/// Counts of one thing, told apart by one or two attributes whose values are known beforehand. Each is there from the start, at zero: whoever looks for growth
/// sees the first one too. Thread-safe.
/// </summary>
internal sealed class CounterFamily
{
    private readonly (Counter Counter, KeyValuePair<string, object?>[] Tags)[] _members;
    private readonly int _stride;

    /// <summary>Makes the counts.</summary>
    /// <param name="name">The first attribute.</param>
    /// <param name="values">Its values.</param>
    /// <param name="secondName">The second attribute; null where there is none.</param>
    /// <param name="secondValues">Its values.</param>
    public CounterFamily(string name, IReadOnlyList<string> values, string? secondName = null, IReadOnlyList<string>? secondValues = null)
    {
        _stride = secondValues?.Count ?? 1;
        _members =
        [
            .. from value in values
               from second in secondValues ?? [""]
               select (new Counter(), secondName is null
                   ? new KeyValuePair<string, object?>[] { new(name, value) }
                   : [new(name, value), new(secondName, second)]),
        ];
    }

    /// <summary>The sum of all.</summary>
    public long Value => _members.Sum(member => member.Counter.Value);

    /// <summary>The sum of those with one value of the first attribute.</summary>
    /// <param name="first">The index of the value.</param>
    public long ValueOf(int first) => _members.Skip(first * _stride).Take(_stride).Sum(member => member.Counter.Value);

    /// <summary>Adds one.</summary>
    /// <param name="first">The index of the first attribute's value.</param>
    /// <param name="second">The index of the second's.</param>
    public void Increment(int first, int second = 0) => _members[(first * _stride) + second].Counter.Increment();

    /// <summary>All of them, with their attributes.</summary>
    /// <param name="more">Further attributes of each.</param>
    public IEnumerable<Measurement<long>> Measure(params KeyValuePair<string, object?>[] more) =>
        _members.Select(member => new Measurement<long>(member.Counter.Value, [.. more, .. member.Tags]));
}
