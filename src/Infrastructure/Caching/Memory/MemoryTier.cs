using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Infrastructure.Caching.Memory;

/// <summary>
/// Exact least-recently-used order: a dictionary that readers search without a lock, and a doubly linked list, most recent first, under one
/// lock. A reader that finds the lock taken leaves the order as it is rather than wait. Room is made before an entry is added, so both
/// bounds hold at every instant.
/// </summary>
internal sealed class MemoryTier(long maxCount, long maxBytes) : IMemoryTier
{
    private readonly ConcurrentDictionary<CacheKey, Node> _nodes = new();
    private readonly Lock _gate = new();
    private Node? _newest;
    private Node? _oldest;
    private long _count;
    private long _bytes;
    private long _evictions;

    public long Count => Volatile.Read(ref _count);

    public long SizeBytes => Volatile.Read(ref _bytes);

    public long MaxCount => maxCount;

    public long MaxSizeBytes => maxBytes;

    public long Evictions => Volatile.Read(ref _evictions);

    public IEnumerable<MemoryEntry> Entries => _nodes.Select(pair => pair.Value.Entry);

    public bool TryGet(CacheKey key, [NotNullWhen(true)] out MemoryEntry? entry)
    {
        if (!_nodes.TryGetValue(key, out var node))
        {
            entry = null;
            return false;
        }

        entry = node.Entry;
        if (node != Volatile.Read(ref _newest) && _gate.TryEnter())
        {
            try
            {
                if (node.Linked)
                {
                    Unlink(node);
                    LinkFirst(node);
                }
            }
            finally
            {
                _gate.Exit();
            }
        }

        return true;
    }

    public bool TryPeek(CacheKey key, [NotNullWhen(true)] out MemoryEntry? entry)
    {
        entry = _nodes.TryGetValue(key, out var node) ? node.Entry : null;
        return entry is not null;
    }

    public bool Set(MemoryEntry entry)
    {
        lock (_gate)
        {
            if (_nodes.TryGetValue(entry.Key, out var node))
            {
                if (node.Entry.IsNewerThan(entry))
                {
                    return false;
                }

                // Unlinked, not removed: a reader that comes meanwhile finds the old entry rather than none.
                Unlink(node);
                _count--;
                _bytes -= node.Entry.Size;
            }

            if (entry.Size > maxBytes)
            {
                _nodes.TryRemove(entry.Key, out _);
                return false;
            }

            while (_count >= maxCount || _bytes + entry.Size > maxBytes)
            {
                Drop(_oldest!);
                _evictions++;
            }

            node = new Node(entry);
            LinkFirst(node);
            _count++;
            _bytes += entry.Size;
            _nodes[entry.Key] = node;
            return true;
        }
    }

    public bool Remove(MemoryEntry entry)
    {
        lock (_gate)
        {
            if (!_nodes.TryGetValue(entry.Key, out var node) || !ReferenceEquals(node.Entry, entry))
            {
                return false;
            }

            Drop(node);
            return true;
        }
    }

    public int RemoveWhere(Func<MemoryEntry, bool> condition)
    {
        // One lock an entry and not one for all: readers and writers get their turn between.
        var removed = 0;
        foreach (var (_, node) in _nodes)
        {
            if (condition(node.Entry) && Remove(node.Entry))
            {
                removed++;
            }
        }

        return removed;
    }

    /// <summary>Checks that dictionary, list and counts agree and the bounds hold. For tests, with nothing else running.</summary>
    /// <exception cref="InvalidOperationException">They do not.</exception>
    public void Verify()
    {
        lock (_gate)
        {
            long count = 0, bytes = 0;
            Node? newer = null;
            for (var node = _newest; node is not null; node = node.Older)
            {
                if (!node.Linked || node.Newer != newer || !_nodes.TryGetValue(node.Entry.Key, out var known) || known != node)
                {
                    throw new InvalidOperationException("The list and the dictionary do not agree.");
                }

                count++;
                bytes += node.Entry.Size;
                newer = node;
            }

            if (_oldest != newer || count != _count || count != _nodes.Count || bytes != _bytes || count > maxCount || bytes > maxBytes)
            {
                throw new InvalidOperationException("The counts do not agree with the list, or a bound does not hold.");
            }
        }
    }

    private void Drop(Node node)
    {
        Unlink(node);
        _nodes.TryRemove(node.Entry.Key, out _);
        _count--;
        _bytes -= node.Entry.Size;
    }

    private void LinkFirst(Node node)
    {
        node.Newer = null;
        node.Older = _newest;
        node.Linked = true;
        if (_newest is null)
        {
            _oldest = node;
        }
        else
        {
            _newest.Newer = node;
        }

        Volatile.Write(ref _newest, node);
    }

    private void Unlink(Node node)
    {
        if (node.Newer is null)
        {
            Volatile.Write(ref _newest, node.Older);
        }
        else
        {
            node.Newer.Older = node.Older;
        }

        if (node.Older is null)
        {
            _oldest = node.Newer;
        }
        else
        {
            node.Older.Newer = node.Newer;
        }

        node.Newer = node.Older = null;
        node.Linked = false;
    }

    private sealed class Node(MemoryEntry entry)
    {
        public readonly MemoryEntry Entry = entry;
        public Node? Newer;
        public Node? Older;
        public bool Linked;
    }
}
