using System.Numerics;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Infrastructure.Caching.Memory;

/// <summary>
/// Entries by their key: a hash table whose chains run through the entries themselves, so that finding one reads little beside it. Readers take no lock; writers take turns, and hold
/// <paramref name="gate"/> while they call.
/// </summary>
/// <param name="gate">The writers' lock; a reader takes it where the table grew under its hands.</param>
internal sealed class EntryTable(Lock gate)
{
    private const int LeastLength = 16;
    private const int MostLength = 1 << 30;

    private MemoryEntry?[] _heads = new MemoryEntry?[LeastLength];
    private bool _isGrowing;
    private int _count;

    /// <summary>How many chains there are: a power of two, and no fewer than there are entries.</summary>
    public int Length => Volatile.Read(ref _heads).Length;

    /// <summary>Finds the entry of a key. Without the lock.</summary>
    public MemoryEntry? Find(CacheKey key)
    {
        var heads = Volatile.Read(ref _heads);
        for (var entry = Volatile.Read(ref heads[ChainOf(key, heads)]); entry is not null; entry = entry.Next)
        {
            if (entry.Has(key))
            {
                return entry;
            }
        }

        return Volatile.Read(ref _isGrowing) || Volatile.Read(ref _heads) != heads ? FindUnderLock(key) : null;
    }

    /// <summary>Adds an entry whose key is not there.</summary>
    public void Add(MemoryEntry entry)
    {
        if (_count >= _heads.Length && _heads.Length < MostLength)
        {
            Grow();
        }

        _count++;
        ref var head = ref _heads[ChainOf(entry.Key, _heads)];
        entry.Next = head;
        Volatile.Write(ref head, entry);
    }

    /// <summary>Puts an entry in the place of another one of the same key: a reader finds the one or the other.</summary>
    public void Replace(MemoryEntry old, MemoryEntry entry)
    {
        entry.Next = old.Next;
        PutBehind(old, entry);
    }

    /// <summary>Takes an entry out. A reader that is at it goes on from it.</summary>
    public void Remove(MemoryEntry entry)
    {
        PutBehind(entry, entry.Next);
        _count--;
    }

    /// <summary>The entries, in no order. What comes and goes meanwhile may be among them or not; what stays is, once.</summary>
    public IEnumerable<MemoryEntry> All()
    {
        const int ChainsAtOnce = 256;
        var (heads, at) = (Volatile.Read(ref _heads), 0);
        var some = new List<MemoryEntry>();
        while (at < heads.Length)
        {
            some.Clear();
            lock (gate)
            {
                if (_heads != heads)
                {
                    some.AddRange(Rest(heads.Length, at));
                    (heads, at) = (_heads, _heads.Length);
                }

                for (var end = Math.Min(at + ChainsAtOnce, heads.Length); at < end; at++)
                {
                    Walk(heads[at], some);
                }
            }

            foreach (var entry in some)
            {
                yield return entry;
            }
        }
    }

    /// <summary>Where a key's chain begins.</summary>
    private static int ChainOf(CacheKey key, MemoryEntry?[] heads) => key.GetHashCode() & (heads.Length - 1);

    private static void Walk(MemoryEntry? head, List<MemoryEntry> entries)
    {
        for (var entry = head; entry is not null; entry = entry.Next)
        {
            entries.Add(entry);
        }
    }

    /// <summary>What a walk over the table, when it was shorter, had still before it: what was in one chain is now in those whose numbers end alike.</summary>
    private List<MemoryEntry> Rest(int length, int at)
    {
        var rest = new List<MemoryEntry>();
        for (var chain = 0; chain < _heads.Length; chain++)
        {
            if ((chain & (length - 1)) >= at)
            {
                Walk(_heads[chain], rest);
            }
        }

        return rest;
    }

    private MemoryEntry? FindUnderLock(CacheKey key)
    {
        lock (gate)
        {
            var entry = _heads[ChainOf(key, _heads)];
            while (entry is not null && !entry.Has(key))
            {
                entry = entry.Next;
            }

            return entry;
        }
    }

    private void PutBehind(MemoryEntry entry, MemoryEntry? next)
    {
        ref var head = ref _heads[ChainOf(entry.Key, _heads)];
        if (head == entry)
        {
            Volatile.Write(ref head, next);
            return;
        }

        var before = head!;
        while (before.Next != entry)
        {
            before = before.Next!;
        }

        before.Next = next;
    }

    /// <summary>Doubles the table. A reader in the old one may be led into another chain and miss its entry: it sees that the table grew, and looks again.</summary>
    private void Grow()
    {
        var heads = new MemoryEntry?[(int)BitOperations.RoundUpToPowerOf2((uint)_heads.Length + 1)];
        Interlocked.Exchange(ref _isGrowing, true);
        foreach (var head in _heads)
        {
            for (var entry = head; entry is not null;)
            {
                var next = entry.Next;
                ref var chain = ref heads[ChainOf(entry.Key, heads)];
                entry.Next = chain;
                chain = entry;
                entry = next;
            }
        }

        Volatile.Write(ref _heads, heads);
        Interlocked.Exchange(ref _isGrowing, false);
    }
}
