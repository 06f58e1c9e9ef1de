using System.Collections.Concurrent;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Infrastructure.Caching.Journal;

/// <summary>The newest records that match an entry; null where there is none.</summary>
/// <param name="Any">The newest record of any kind.</param>
/// <param name="Purge">The newest purge.</param>
internal readonly record struct NewestRecords(JournalRecord? Any, JournalRecord? Purge)
{
    public static NewestRecords None => default;

    /// <summary>Position of the newest record; -1 where there is none.</summary>
    public long AnyPosition => Any?.Position ?? -1;

    /// <summary>Position of the newest purge; -1 where there is none.</summary>
    public long PurgePosition => Purge?.Position ?? -1;

    public static NewestRecords Of(JournalRecord record) => new(record, record.Invalidation.IsPurge ? record : null);

    public NewestRecords And(NewestRecords other) =>
        new(other.AnyPosition > AnyPosition ? other.Any : Any, other.PurgePosition > PurgePosition ? other.Purge : Purge);
}

/// <summary>What the journal says of a value, and by which record.</summary>
/// <param name="Validity">What it says.</param>
/// <param name="By">The newest record that stands against the value; null where none does, or where those that might are forgotten.</param>
internal readonly record struct Verdict(Validity Validity, JournalRecord? By);

/// <summary>What the journal, as far as it is known, says of a value.</summary>
internal enum Validity
{
    /// <summary>No record at or after its lease matches.</summary>
    Valid,

    /// <summary>A write has overtaken it; it may serve as a last resort.</summary>
    Invalidated,

    /// <summary>It may not be served at all.</summary>
    Purged,
}

/// <summary>
/// What the node knows of the journal: for each pattern and tag the newest record. Patterns lie in a trie by the text with which their matches
/// begin, so matching a key costs its length, however many patterns there are. One writer at a time (the follower); readers take no lock.
/// </summary>
/// <param name="maxRecords">The most patterns and tags that are remembered.</param>
/// <param name="version">Where the count of records begins; not a multiple of 2^32.</param>
internal sealed class InvalidationIndex(int maxRecords, long version = 1)
{
    private readonly ConcurrentDictionary<string, NewestRecords> _tags = new(StringComparer.Ordinal);
    private PatternTrie _patterns = new();
    private RecentRecords _recent = RecentRecords.None(version);
    private long _floor;
    private int _epoch;
    private int _oldestKept = int.MaxValue;

    /// <summary>Moves when what was leased before means nothing any more: the journal is read for the first time, is another one, or went back.</summary>
    public int Epoch => Volatile.Read(ref _epoch);

    /// <summary>Moves whenever a record is added: what was valid at the same version is valid still.</summary>
    public long Version => Volatile.Read(ref _recent).Version;

    /// <summary>How many patterns and tags are remembered.</summary>
    public int Count => Volatile.Read(ref _patterns).Count + _tags.Count;

    /// <summary>Judges an entry, and remembers at which count of records it was found valid: until one is added, or none that matches, it is valid still.</summary>
    public Validity Judge(MemoryEntry entry)
    {
        // The count before the match: a record added meanwhile moves it on, and the entry is matched again.
        var recent = Volatile.Read(ref _recent);
        var isOfEpoch = entry.Epoch == Epoch;
        if (isOfEpoch && entry.ValidatedVersion == (uint)recent.Version)
        {
            return Validity.Valid;
        }

        var validity = isOfEpoch && recent.LeaveValid(entry) ? Validity.Valid : Judge(entry.Key, entry.Tags, entry.Lease, entry.Epoch);
        if (validity == Validity.Valid)
        {
            entry.ValidatedVersion = (uint)recent.Version;
        }

        return validity;
    }

    /// <summary>The one rule, for both tiers: a value is valid when no record at or after its lease matches its key or its tags.</summary>
    public Validity Judge(CacheKey key, IReadOnlyList<string> tags, long lease, int epoch) => Explain(key, tags, lease, epoch).Validity;

    /// <summary>The same, with the record that decides.</summary>
    public Verdict Explain(CacheKey key, IReadOnlyList<string> tags, long lease, int epoch)
    {
        // What is granted is read before the match, and in the order in which a reset does not write it; what is taken away after it: records are forgotten only once floor and epoch are up.
        var before = Epoch;
        var oldestKept = Volatile.Read(ref _oldestKept);
        var newest = Volatile.Read(ref _patterns).Match(key.Value);
        for (var i = 0; i < tags.Count; i++)
        {
            if (_tags.TryGetValue(tags[i], out var tagged))
            {
                newest = newest.And(tagged);
            }
        }

        var now = Epoch;
        var isOver = epoch != now;

        // A lease of an epoch that is over is before or after no record: any purge may have been of that value.
        if (newest.PurgePosition >= (isOver ? 0 : lease))
        {
            return new(Validity.Purged, newest.Purge);
        }

        if (lease < Volatile.Read(ref _floor) || (isOver && (epoch < Math.Max(oldestKept, Volatile.Read(ref _oldestKept)) || now != before)))
        {
            // It may have been purged for all that is known.
            return new(Validity.Purged, null);
        }

        return isOver ? new(Validity.Invalidated, null) : newest.AnyPosition >= lease ? new(Validity.Invalidated, newest.Any) : new(Validity.Valid, null);
    }

    /// <summary>Adds records. Returns after they are seen by every reader.</summary>
    /// <returns>Whether all that were known before are known still: of more than there is room for, the older half is forgotten.</returns>
    public bool Add(IReadOnlyList<JournalRecord> records)
    {
        var added = new List<JournalRecord>();
        foreach (var record in records)
        {
            var newest = NewestRecords.Of(record);
            if (record.Invalidation.Target == InvalidationTarget.Tag
                ? AddTag(record.Invalidation.Text, newest)
                : _patterns.Add(record.Invalidation.Text, newest))
            {
                added.Add(record);
            }
        }

        var isTooMany = Count > maxRecords;
        if (isTooMany)
        {
            ForgetOlderHalf();
        }

        if (added.Count > 0)
        {
            // After the records themselves: who sees the new version matches against them.
            Publish(_recent.And(added));
        }

        return !isTooMany;
    }

    /// <summary>Declares everything leased before a position invalid.</summary>
    public void RaiseFloor(long position)
    {
        if (position > Volatile.Read(ref _floor))
        {
            Volatile.Write(ref _floor, position);
            MatchAgainstAll();
        }
    }

    /// <summary>Starts over: forgets every record, and with them everything leased before.</summary>
    public void Reset()
    {
        // The epoch first: a reader must not miss a record that is gone while its lease still counts.
        Volatile.Write(ref _oldestKept, int.MaxValue);
        Interlocked.Increment(ref _epoch);
        MatchAgainstAll();
        Volatile.Write(ref _floor, 0);
        Volatile.Write(ref _patterns, new PatternTrie());
        _tags.Clear();
        MatchAgainstAll();
    }

    /// <summary>Ends an epoch without forgetting a record: what was leased in it is invalid.</summary>
    public void EndEpoch()
    {
        Interlocked.Increment(ref _epoch);
        MatchAgainstAll();
    }

    /// <summary>
    /// Lets copies of epochs that are over be a last resort: they are copies of the same data, and only how their leases lie to the records is not known. To be called once every record that
    /// is retained is known; until <see cref="Reset"/>, or until a record is forgotten.
    /// </summary>
    /// <param name="oldestEpoch">The first epoch in which the same data were read.</param>
    public void KeepCopiesSince(int oldestEpoch) => Volatile.Write(ref _oldestKept, oldestEpoch);

    private void MatchAgainstAll() => Publish(RecentRecords.None(_recent.Version + 1));

    private void Publish(RecentRecords recent)
    {
        if ((uint)recent.Version == 0)
        {
            // Entries remember half of the count. Once in four thousand million times, before it comes round, all that remember one are of an epoch that is over.
            Interlocked.Increment(ref _epoch);
            recent = RecentRecords.None(recent.Version + 1);
        }

        Volatile.Write(ref _recent, recent);
    }

    private bool AddTag(string tag, NewestRecords newest)
    {
        var known = _tags.TryGetValue(tag, out var records) ? records : NewestRecords.None;
        var sum = known.And(newest);
        if (sum == known)
        {
            return false;
        }

        _tags[tag] = sum;
        return true;
    }

    private void ForgetOlderHalf()
    {
        var patterns = _patterns.All().ToList();
        var positions = patterns.Select(pattern => pattern.Newest.AnyPosition).Concat(_tags.Values.Select(tag => tag.AnyPosition)).Order().ToList();
        var floor = positions[positions.Count / 2] + 1;

        // The floor first: a reader must not miss a record that is gone while the floor is not yet up. Leases of epochs that are over, it does not reach: their positions are of another counting.
        Volatile.Write(ref _oldestKept, int.MaxValue);
        RaiseFloor(floor);
        var kept = new PatternTrie();
        foreach (var (pattern, newest) in patterns.Where(pattern => pattern.Newest.AnyPosition >= floor))
        {
            kept.Add(pattern, newest);
        }

        Volatile.Write(ref _patterns, kept);
        foreach (var tag in _tags.Where(tag => tag.Value.AnyPosition < floor).ToList())
        {
            _tags.TryRemove(tag);
        }
    }
}
