using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Infrastructure.Caching.Journal;

/// <summary>
/// The records of the last reading that the position has not passed: transactions that began before them were open, so the next reading shows them again. One writer at a time (the follower); readers take no lock.
/// </summary>
internal sealed class PendingRecords
{
    private HashSet<JournalRecord> _records = [];
    private int _count;
    private long _oldest;
    private long _heldBackSince;

    /// <summary>How many there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>When the oldest of them was first there, in monotonic ticks; 0 where there is none.</summary>
    public long HeldBackSince => Volatile.Read(ref _heldBackSince);

    /// <summary>Whether a record was there at the last reading.</summary>
    public bool Contains(JournalRecord record) => _records.Contains(record);

    /// <summary>Takes them from a reading.</summary>
    /// <param name="reading">The reading.</param>
    /// <param name="asked">When it was asked for, in monotonic ticks.</param>
    public void Take(JournalReading reading, long asked) => Set([.. reading.Records.Where(record => record.Position >= reading.Position)], asked);

    /// <summary>There are none: the journal is another one.</summary>
    public void Clear() => Set([], 0);

    private void Set(HashSet<JournalRecord> records, long asked)
    {
        _records = records;
        Volatile.Write(ref _count, records.Count);
        var oldest = records.Count == 0 ? 0 : records.Min(record => record.Position);
        if (oldest != _oldest)
        {
            _oldest = oldest;
            Volatile.Write(ref _heldBackSince, oldest == 0 ? 0 : asked);
        }
    }
}
