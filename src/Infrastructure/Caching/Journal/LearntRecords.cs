using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Diagnostics;
using NeuroLab.Infrastructure.Caching.Engine;

namespace NeuroLab.Infrastructure.Caching.Journal;

/// <summary>
/// Tells which records are new: what a reading shows again is not, nor is what was there before this node. Each is counted when it is read, and told of as news when it is learnt of: this node's
/// own when it is written. One writer at a time (the follower).
/// </summary>
internal sealed class LearntRecords(CacheCounters counters, CacheTimings timings, CacheClock clock)
{
    /// <summary>The most that is remembered of writes that were not read back, and of records that were read and may be told of as written.</summary>
    internal const int MostRemembered = 1000;

    private readonly UnreadWrites _unread = new(MostRemembered);

    // Both are the same records: in the order in which they were read, and to be found. The position says nothing of how long they are asked for: it may have passed a write before its writer tells of it.
    private readonly Queue<(Invalidation, string, long)> _readLately = new();
    private readonly HashSet<(Invalidation, string, long)> _areReadLately = [];

    /// <summary>Raised with each record that is news, once, and whether this node wrote it.</summary>
    public event Action<JournalRecord, bool>? News;

    /// <summary>The records that the position has not passed.</summary>
    public PendingRecords Pending { get; } = new();

    /// <summary>Takes what this node wrote.</summary>
    /// <param name="records">The records of one write, all at its position: that of the last of them, where each has one of its own.</param>
    public void Write(IReadOnlyList<JournalRecord> records)
    {
        foreach (var record in records)
        {
            // A reading may have been faster than the writer.
            if (!IsReadLately(record, records.Count))
            {
                _unread.Add(record, records.Count);
                News?.Invoke(record, true);
            }
        }
    }

    /// <summary>Takes a reading.</summary>
    /// <param name="reading">The reading.</param>
    /// <param name="from">The position of the one before: what lies there or past it may have been in that one, while older transactions were still running.</param>
    /// <param name="asked">When it was asked for, in monotonic ticks.</param>
    public void Read(JournalReading reading, long from, long asked)
    {
        var now = clock.UtcNow;
        foreach (var record in reading.Records)
        {
            if (record.Position >= from && !Pending.Contains(record))
            {
                CacheCounters.Count(counters.InvalidationsLearnt, record.Invalidation);
                timings.JournalLag(now - record.At);
                if (!_unread.TryTake(record))
                {
                    Tell(record);
                }
            }
        }

        Pending.Take(reading, asked);
        _unread.DropBefore(reading.Position);
    }

    /// <summary>The journal is another one.</summary>
    public void Clear()
    {
        Pending.Clear();
        _unread.Clear();
        _readLately.Clear();
        _areReadLately.Clear();
    }

    private bool IsReadLately(JournalRecord written, int records)
    {
        for (var position = written.Position; position > written.Position - records; position--)
        {
            if (_areReadLately.Contains((written.Invalidation, written.Command, position)))
            {
                return true;
            }
        }

        return false;
    }

    private void Tell(JournalRecord record)
    {
        var read = (record.Invalidation, record.Command, record.Position);
        if (_areReadLately.Add(read))
        {
            _readLately.Enqueue(read);
            if (_readLately.Count > MostRemembered)
            {
                _areReadLately.Remove(_readLately.Dequeue());
            }
        }

        News?.Invoke(record, false);
    }
}
