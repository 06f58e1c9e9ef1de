using System.Diagnostics.CodeAnalysis;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Infrastructure.Caching.Memory;

/// <summary>
/// S3-FIFO (Yang and others, "FIFO queues are all you need for cache eviction", SOSP 2023): what is new enters a small queue, a tenth of all, and moves on to the main one if it was used
/// meanwhile, or if it went a short while ago and is back; at the head of the main queue what was used goes round again, once for each use, and what was not goes. A reader takes no
/// lock and moves nothing: it counts the use in the entry, up to seven. Writers take turns under one lock. Room is made before an entry is added, so both bounds hold at every instant.
/// </summary>
internal sealed class MemoryTier : IMemoryTier
{
    private const int SmallShare = 10;

    /// <summary>How many evictions are remembered, as a share of the entries. Measured on the traces that benchmarks/README.md names: fewer forget who comes back, more let everybody in.</summary>
    private const double RememberedShare = 0.6;

    /// <summary>How many of a queue move on before one goes whatever its uses: no writer waits for a walk over all.</summary>
    private const int MostMoves = 256;

    private readonly Lock _gate = new();
    private readonly EntryTable _table;
    private readonly EntryQueue _small = new(0);
    private readonly EntryQueue _main = new(1);
    private readonly RecentlyEvicted _evicted = new();
    private readonly long _maxCount;
    private readonly long _maxBytes;
    private int _tableLength;
    private long _count;
    private long _bytes;
    private long _evictions;

    /// <summary>Creates an empty tier.</summary>
    /// <param name="maxCount">The most entries, one at least.</param>
    /// <param name="maxBytes">The most bytes that they are counted with.</param>
    public MemoryTier(long maxCount, long maxBytes)
    {
        (_maxCount, _maxBytes, _table) = (maxCount, maxBytes, new EntryTable(_gate));
        FollowTable();
    }

    public long Count => Volatile.Read(ref _count);

    public long SizeBytes => Volatile.Read(ref _bytes);

    public long MaxCount => _maxCount;

    public long MaxSizeBytes => _maxBytes;

    public long Evictions => Volatile.Read(ref _evictions);

    public IEnumerable<MemoryEntry> Entries => _table.All();

    public bool TryGet(CacheKey key, [NotNullWhen(true)] out MemoryEntry? entry)
    {
        entry = _table.Find(key);
        entry?.Use();
        return entry is not null;
    }

    public bool TryPeek(CacheKey key, [NotNullWhen(true)] out MemoryEntry? entry)
    {
        entry = _table.Find(key);
        return entry is not null;
    }

    public bool Set(MemoryEntry entry)
    {
        lock (_gate)
        {
            var held = _table.Find(entry.Key);
            if (held is not null && (held == entry || held.IsNewerThan(entry)))
            {
                return held == entry;
            }

            if (entry.Size > _maxBytes)
            {
                if (held is not null)
                {
                    Drop(held);
                }

                return false;
            }

            if (held is null)
            {
                MakeRoom(entry.Size);
                Add(entry);
            }
            else
            {
                Replace(held, entry);
            }

            return true;
        }
    }

    public bool Remove(MemoryEntry entry)
    {
        lock (_gate)
        {
            if (_table.Find(entry.Key) != entry)
            {
                return false;
            }

            Drop(entry);
            return true;
        }
    }

    public int RemoveWhere(Func<MemoryEntry, bool> condition)
    {
        // One lock an entry and not one for all: readers and writers get their turn between.
        var removed = 0;
        foreach (var entry in _table.All())
        {
            if (condition(entry) && Remove(entry))
            {
                removed++;
            }
        }

        return removed;
    }

    /// <summary>Checks that table, queues and counts agree and the bounds hold. For tests, with nothing else running.</summary>
    /// <exception cref="InvalidOperationException">They do not.</exception>
    public void Verify()
    {
        long count = 0, bytes = 0;
        foreach (var entry in _table.All())
        {
            if (!(_small.IsInPlace(entry) || _main.IsInPlace(entry)) || _table.Find(entry.Key) != entry)
            {
                throw new InvalidOperationException("The table and the queues do not agree.");
            }

            count++;
            bytes += entry.Size;
        }

        if (count != _count || count != _small.Count + _main.Count || bytes != _bytes || count > _maxCount || bytes > _maxBytes)
        {
            throw new InvalidOperationException("The counts do not agree with the entries, or a bound does not hold.");
        }
    }

    private void Add(MemoryEntry entry)
    {
        // What an entry was used before it came here, where it comes a second time, says nothing.
        entry.SetUses(0);
        (_evicted.Remove(entry.Key) ? _main : _small).Enqueue(entry);
        _table.Add(entry);
        _count++;
        _bytes += entry.Size;
        FollowTable();
    }

    private void Replace(MemoryEntry held, MemoryEntry entry)
    {
        entry.SetUses(held.Uses);
        var queue = QueueOf(held);
        if (_bytes - held.Size + entry.Size <= _maxBytes)
        {
            queue.Replace(held, entry);
            _bytes += entry.Size - held.Size;
        }
        else
        {
            // Out of its queue, so that it does not make room for itself, and still in the table: a reader that comes meanwhile finds the old one rather than none.
            queue.Remove(held);
            _count--;
            _bytes -= held.Size;
            MakeRoom(entry.Size);
            queue.Enqueue(entry);
            _count++;
            _bytes += entry.Size;
        }

        _table.Replace(held, entry);
    }

    private void MakeRoom(int size)
    {
        while (_count >= _maxCount || _bytes + size > _maxBytes)
        {
            EvictOne();
            _evictions++;
        }
    }

    private void EvictOne()
    {
        var most = Math.Max(1, _count / SmallShare);
        for (var move = 0; _main.Count == 0 || (_small.Count >= most && move < MostMoves); move++)
        {
            var entry = _small.Dequeue()!;
            if (entry.Uses == 0)
            {
                _evicted.Add(entry.Key);
                Forget(entry);
                return;
            }

            entry.SetUses(0);
            _main.Enqueue(entry);
        }

        EvictFromMain();
    }

    private void EvictFromMain()
    {
        var entry = _main.Dequeue()!;
        for (var move = 0; entry.Uses > 0 && move < MostMoves; move++)
        {
            entry.SetUses(entry.Uses - 1);
            _main.Enqueue(entry);
            entry = _main.Dequeue()!;
        }

        Forget(entry);
    }

    private void Drop(MemoryEntry entry)
    {
        QueueOf(entry).Remove(entry);
        Forget(entry);
    }

    /// <summary>Takes an entry out that is in no queue any more.</summary>
    private void Forget(MemoryEntry entry)
    {
        _table.Remove(entry);
        _count--;
        _bytes -= entry.Size;
    }

    private EntryQueue QueueOf(MemoryEntry entry) => _small.Holds(entry) ? _small : _main;

    /// <summary>Remembers as many evictions as belong to the entries that there are.</summary>
    private void FollowTable()
    {
        if (_tableLength != _table.Length)
        {
            _tableLength = _table.Length;
            _evicted.Reset(_tableLength, Math.Max(1, (long)(RememberedShare * Math.Min(_maxCount, _tableLength))));
        }
    }
}
