using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Journal;

namespace NeuroLab.UnitTests.Caching.Model;

/// <summary>The journals that the model knows.</summary>
public enum ModelJournal
{
    /// <summary>The product's journal in the process.</summary>
    InProcess,

    /// <summary>A database in which transactions commit in another order than the one in which they began.</summary>
    Transactional,
}

/// <summary>A transaction that writes, and once it is committed what it wrote.</summary>
internal sealed class Write(WriteKind kind, DateTime at, IEnumerable<Invalidation> noise)
{
    public WriteKind Kind { get; } = kind;

    /// <summary>What it invalidates: its kind, and more that matches no key of the model.</summary>
    public IReadOnlyList<Invalidation> Invalidations { get; } = [kind.Invalidation, .. noise];

    /// <summary>When it began, by the writer's clock: its record's date.</summary>
    public DateTime At { get; } = at;

    /// <summary>Its place in the journal.</summary>
    public long Position { get; set; }

    /// <summary>When it was committed; ticks of the world's clock.</summary>
    public long CommittedAt { get; set; }

    /// <summary>The version of each key's data that it made; 0 where it did not touch the key.</summary>
    public int[] Versions { get; } = new int[Catalogue.Keys.Length];

    /// <summary>Whether a value may not be served any more, not even stale.</summary>
    public bool Purges(int key, int version) => Kind.Invalidation.IsPurge && Overtakes(key, version);

    /// <summary>Whether a value lacks this write.</summary>
    public bool Overtakes(int key, int version) => Versions[key] > version;
}

/// <summary>The truth: the version of each key's data, every write, and the journal that lies beside them.</summary>
internal abstract class ModelDatabase
{
    /// <summary>The version of each key's data now.</summary>
    public int[] Version { get; } = new int[Catalogue.Keys.Length];

    /// <summary>Every committed write, in the order of the commits.</summary>
    public List<Write> Writes { get; } = [];

    /// <summary>Begins a transaction.</summary>
    public abstract void Begin(Write write);

    /// <summary>Ends a transaction without a trace.</summary>
    public abstract void RollBack(Write write);

    /// <summary>Commits a transaction: data and record at once.</summary>
    public void Commit(Write write, long now)
    {
        Record(write);
        write.CommittedAt = now;
        foreach (var key in write.Kind.Keys)
        {
            write.Versions[key] = ++Version[key];
        }

        Writes.Add(write);
    }

    public abstract JournalReading Read(long since);

    public abstract int Trim(DateTime olderThan);

    /// <summary>Puts the record of a transaction into the journal, as it commits.</summary>
    protected abstract void Record(Write write);
}

/// <summary>The journal in the process: a write has its place when it is committed.</summary>
internal sealed class InProcessDatabase : ModelDatabase
{
    private readonly RecordClock _clock = new();
    private readonly InProcessJournal _journal;

    public InProcessDatabase() => _journal = new InProcessJournal(_clock);

    public override void Begin(Write write)
    {
    }

    public override void RollBack(Write write)
    {
    }

    public override JournalReading Read(long since) => _journal.ReadAsync(since, default).GetAwaiter().GetResult();

    public override int Trim(DateTime olderThan) => _journal.TrimAsync(olderThan, default).GetAwaiter().GetResult();

    protected override void Record(Write write)
    {
        _clock.Now = write.At;
        write.Position = _journal.AppendAsync(write.Invalidations, write.Kind.Name, default).GetAwaiter().GetResult();
    }

    /// <summary>Dates each record by its writer's clock.</summary>
    private sealed class RecordClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}

/// <summary>
/// A database in which a transaction draws its number as it begins and is seen once it is committed, in whatever order. A reader's position is the oldest
/// transaction still running. A reading takes so many records and no more.
/// </summary>
internal sealed class TransactionalDatabase(int mostRecords, PlantedBug bug) : ModelDatabase
{
    private readonly Guid _id = new(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    private readonly SortedSet<long> _running = [];
    private readonly List<JournalRecord> _records = [];
    private long _next = 100;

    public override void Begin(Write write)
    {
        write.Position = _next++;
        _running.Add(write.Position);
    }

    public override void RollBack(Write write) => _running.Remove(write.Position);

    public override JournalReading Read(long since)
    {
        var records = _records.Where(record => record.Position >= since).OrderByDescending(record => record.Position).Take(mostRecords).ToList();
        var position = _running.Count > 0 ? _running.Min : _next;
        if (bug == PlantedBug.PositionFromIds)
        {
            position = records.Count > 0 ? records[0].Position + 1 : Math.Max(since, 1);
        }

        var floor = records.Count == mostRecords && bug != PlantedBug.FloorOmitted ? records[^1].Position + 1 : 0;
        return new JournalReading(records, position, _id, floor);
    }

    public override int Trim(DateTime olderThan) => _records.RemoveAll(record => record.At < olderThan);

    protected override void Record(Write write)
    {
        _running.Remove(write.Position);
        _records.AddRange(write.Invalidations.Select(invalidation => new JournalRecord(write.Position, invalidation, write.Kind.Name, write.At)));
    }
}
