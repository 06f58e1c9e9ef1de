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

    private readonly List<OwnRecord> _unread = [];
    private readonly Queue<JournalRecord> _readLately = new();

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
            var write = new OwnRecord(record, records.Count);

            // A reading may have been faster than the writer.
            if (!_readLately.Any(write.IsReadAs))
            {
                if (_unread.Count == MostRemembered)
                {
                    _unread.RemoveAt(0);
                }

                _unread.Add(write);
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
            var own = _unread.FindIndex(write => write.IsReadAs(record));
            if (own >= 0)
            {
                _unread.RemoveAt(own);
            }

            if (record.Position >= from && !Pending.Contains(record))
            {
                CacheCounters.Count(counters.InvalidationsLearnt, record.Invalidation);
                timings.JournalLag(now - record.At);
                if (own < 0)
                {
                    Tell(record);
                }
            }
        }

        Pending.Take(reading, asked);
    }

    /// <summary>The journal is another one.</summary>
    public void Clear()
    {
        Pending.Clear();
        _unread.Clear();
        _readLately.Clear();
    }

    private void Tell(JournalRecord record)
    {
        if (_readLately.Count == MostRemembered)
        {
            _readLately.Dequeue();
        }

        _readLately.Enqueue(record);
        News?.Invoke(record, false);
    }

    /// <summary>A record of a write of this node.</summary>
    /// <param name="Record">The record, at the position of the write.</param>
    /// <param name="Records">How many the write has: where records are numbered one by one, theirs are that many up to its position.</param>
    private readonly record struct OwnRecord(JournalRecord Record, int Records)
    {
        public bool IsReadAs(JournalRecord read) =>
            read.Position <= Record.Position && read.Position > Record.Position - Records && read.Invalidation == Record.Invalidation && read.Command == Record.Command;
    }
}
