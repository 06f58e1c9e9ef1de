using System.Runtime.InteropServices;

namespace NeuroLab.Infrastructure.Caching.Diagnostics;

/// <summary>What a node counts. Every request counts once as a hit of one tier or as a miss.</summary>
internal sealed class CacheCounters
{
    public Counter HitsMemory { get; } = new();

    public Counter HitsRedis { get; } = new();

    public Counter Misses { get; } = new();

    public Counter StaleServed { get; } = new();

    public Counter Loads { get; } = new();

    public Counter LoadFailures { get; } = new();

    public Counter Coalesced { get; } = new();
}

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

    public void Increment() => Interlocked.Increment(ref _cells[Thread.GetCurrentProcessorId() & Mask].Value);

    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Cell
    {
        [FieldOffset(64)]
        public long Value;
    }
}
