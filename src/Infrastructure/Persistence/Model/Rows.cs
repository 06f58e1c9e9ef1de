using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Infrastructure.Persistence.Model;

/// <summary>One record of the invalidation journal, as it is stored.</summary>
internal sealed class JournalRow
{
    private JournalRow() => Pattern = Command = "";

    /// <summary>Creates a record that is not stored yet.</summary>
    public JournalRow(Invalidation invalidation, string command, DateTime createdAt)
    {
        Target = invalidation.Target;
        Pattern = invalidation.Text;
        IsPurge = invalidation.IsPurge;
        Command = JournalRecord.Shortened(command);
        CreatedAt = createdAt;
    }

    /// <summary>Its number, given by the database; on SQLite its position.</summary>
    public long Id { get; private set; }

    /// <summary>The writing transaction, given by PostgreSQL, and there its position; 0 on SQLite.</summary>
    public ulong Xid { get; private set; }

    /// <summary>What the text names.</summary>
    public InvalidationTarget Target { get; private set; }

    /// <summary>The glob or the tag.</summary>
    public string Pattern { get; private set; }

    /// <summary>Whether what matches is deleted.</summary>
    public bool IsPurge { get; private set; }

    /// <summary>What caused it.</summary>
    public string Command { get; private set; }

    /// <summary>When it was written, UTC.</summary>
    public DateTime CreatedAt { get; private set; }

    /// <summary>Its position, once it is stored.</summary>
    public long Position => Xid == 0 ? Id : checked((long)Xid);
}

/// <summary>The identity of the journal on PostgreSQL, in a table that the server empties when it recovers from a crash, that no replica has, and no dump brings back: the only row there is, or none.</summary>
internal sealed class JournalIdRow
{
    /// <summary>Always true: what makes it the only one.</summary>
    public bool IsOnly { get; private set; } = true;

    /// <summary>The identity.</summary>
    public required Guid Id { get; init; }

    /// <summary>The table's own number, which a dump does not carry: the identity holds in the table in which it was given.</summary>
    public required uint MadeIn { get; init; }
}

/// <summary>A key or an identity that all nodes share.</summary>
internal sealed class ServiceKey
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its bytes.</summary>
    public required byte[] Value { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTime CreatedAt { get; init; }
}
