using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Infrastructure.Caching.Journal;

/// <summary>
/// The last few records, so that an entry that was valid a moment ago is matched against them and not against all. Immutable.
/// </summary>
/// <param name="version">The count of records at which these are the newest.</param>
/// <param name="since">The count after which none is missing.</param>
/// <param name="records">The records, oldest first.</param>
internal sealed class RecentRecords(long version, long since, params RecentRecords.Item[] records)
{
    /// <summary>More are matched no faster than the index of all.</summary>
    private const int Most = 4;

    /// <summary>The count of records at which these are the newest.</summary>
    public long Version => version;

    /// <summary>None: an entry is matched against the index of all.</summary>
    public static RecentRecords None(long version) => new(version, version);

    /// <summary>These and newer ones, as far as there is room.</summary>
    public RecentRecords And(IReadOnlyList<JournalRecord> added)
    {
        if (added.Count > Most)
        {
            return None(version + 1);
        }

        var dropped = Math.Max(0, records.Length + added.Count - Most);
        return new(
            version + 1,
            dropped == 0 ? since : records[dropped - 1].Version,
            [.. records.AsSpan(dropped), .. added.Select(record => new Item(version + 1, record))]);
    }

    /// <summary>Whether an entry that was valid at an earlier count is valid still. False where these records do not tell.</summary>
    public bool LeaveValid(MemoryEntry entry)
    {
        // Of its count the entry remembers the lower half: the last one at which it had that.
        var valid = version - ((uint)version - entry.ValidatedVersion);
        if (entry.ValidatedVersion == 0 || valid < since)
        {
            return false;
        }

        var key = Glob.Bytes(entry.Key.Value);
        foreach (var record in records)
        {
            if (record.Version > valid && record.Matches(entry, key))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A record and the count that it moved the index to.</summary>
    internal sealed class Item
    {
        private readonly JournalRecord _record;
        private readonly string _literal = "";
        private readonly string _rest = "";

        public Item(long version, JournalRecord record)
        {
            (Version, _record) = (version, record);
            if (record.Invalidation.Target == InvalidationTarget.Pattern)
            {
                (_literal, _rest) = Glob.Split(Glob.Bytes(record.Invalidation.Text));
            }
        }

        public long Version { get; }

        /// <summary>Whether it matches the entry; its position is not looked at.</summary>
        public bool Matches(MemoryEntry entry, string key) => _record.Invalidation.Target == InvalidationTarget.Tag
            ? entry.Tags.Contains(_record.Invalidation.Text, StringComparer.Ordinal)
            : key.StartsWith(_literal, StringComparison.Ordinal) && Glob.IsMatchOfBytes(_rest, key.AsSpan(_literal.Length));
    }
}
