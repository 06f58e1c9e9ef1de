using System.Runtime.InteropServices;

namespace NeuroLab.Infrastructure.Caching.Diagnostics;

/// <summary>
/// A count of what happens so often, and is so cheap, that a shared write would be felt: each thread adds to a cell of its own, without an interlocked instruction. Reading sums up; it may
/// miss what is being added. Meant for one counter in a process: a thread that adds to several in turn has to look for its cell each time. Thread-safe.
/// </summary>
internal sealed class ThreadLocalCounter
{
    /// <summary>The cell that this thread used last.</summary>
    [ThreadStatic]
    private static Cell? _mine;

    private readonly Dictionary<Thread, Cell> _cells = [];
    private readonly Lock _gate = new();
    private long _ofEnded;

    /// <summary>The sum.</summary>
    public long Value
    {
        get
        {
            lock (_gate)
            {
                return _ofEnded + _cells.Values.Sum(cell => Volatile.Read(ref cell.Count));
            }
        }
    }

    /// <summary>What this thread added: enough to take one of many by.</summary>
    public long Here => Mine().Count;

    /// <summary>Adds one.</summary>
    public void Increment() => Mine().Count++;

    private Cell Mine() => _mine is { } cell && cell.Counter == this ? cell : Find();

    private Cell Find()
    {
        lock (_gate)
        {
            if (!_cells.TryGetValue(Thread.CurrentThread, out var cell))
            {
                // Threads come and go: a new one is the time to keep of those that have ended their sum alone.
                foreach (var (thread, ended) in _cells)
                {
                    if (!thread.IsAlive)
                    {
                        _ofEnded += ended.Count;
                        _cells.Remove(thread);
                    }
                }

                cell = new Cell { Counter = this };
                _cells.Add(Thread.CurrentThread, cell);
            }

            _mine = cell;
            return cell;
        }
    }

    /// <summary>With room around it, so that no two threads write to the same cache line.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private sealed class Cell
    {
        public required ThreadLocalCounter Counter { get; init; }

        public long Count;

#pragma warning disable CS0169, IDE0051 // The room.
        private readonly Room _room;
#pragma warning restore CS0169, IDE0051
    }

    [StructLayout(LayoutKind.Sequential, Size = 112)]
    private readonly struct Room;
}
