using System.Runtime.InteropServices;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Infrastructure.Caching.Journal;

/// <summary>What this node wrote and has not read back: the newest of it. Found by what a record names and what caused it, however much there is. Not thread-safe.</summary>
/// <param name="most">How many records are remembered at most.</param>
internal sealed class UnreadWrites(int most)
{
    private readonly LinkedList<Write> _oldestFirst = new();
    private readonly Dictionary<(Invalidation, string), List<LinkedListNode<Write>>> _byName = [];

    /// <summary>How many are remembered.</summary>
    public int Count => _oldestFirst.Count;

    /// <summary>Remembers one.</summary>
    /// <param name="record">The record, at the position of its write.</param>
    /// <param name="records">How many the write has: where records are numbered one by one, theirs are that many up to its position.</param>
    public void Add(JournalRecord record, int records)
    {
        if (Count == most)
        {
            Remove(_oldestFirst.First!);
        }

        (CollectionsMarshal.GetValueRefOrAddDefault(_byName, NameOf(record), out _) ??= []).Add(_oldestFirst.AddLast(new Write(record, records)));
    }

    /// <summary>Forgets the write that a record is of, where it is of one.</summary>
    /// <param name="read">The record, as it was read.</param>
    /// <returns>Whether it is of one.</returns>
    public bool TryTake(JournalRecord read)
    {
        if (!_byName.TryGetValue(NameOf(read), out var writes) || writes.Find(write => write.Value.IsAt(read.Position)) is not { } found)
        {
            return false;
        }

        Remove(found);
        return true;
    }

    /// <summary>Forgets what lies before a position: it is known there, and not read again.</summary>
    public void DropBefore(long position)
    {
        for (var write = _oldestFirst.First; write is not null;)
        {
            var next = write.Next;
            if (write.Value.Record.Position < position)
            {
                Remove(write);
            }

            write = next;
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _oldestFirst.Clear();
        _byName.Clear();
    }

    private static (Invalidation, string) NameOf(JournalRecord record) => (record.Invalidation, record.Command);

    private void Remove(LinkedListNode<Write> write)
    {
        _oldestFirst.Remove(write);
        var name = NameOf(write.Value.Record);
        var writes = _byName[name];
        writes.Remove(write);
        if (writes.Count == 0)
        {
            _byName.Remove(name);
        }
    }

    private readonly record struct Write(JournalRecord Record, int Records)
    {
        public bool IsAt(long position) => position <= Record.Position && position > Record.Position - Records;
    }
}
