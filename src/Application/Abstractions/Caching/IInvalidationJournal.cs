namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>
/// The ordered record of invalidations, kept where the data is. Implementations are thread-safe.
/// </summary>
public interface IInvalidationJournal
{
    /// <summary>Reads everything at or after a position, as one snapshot. A record may be seen twice.</summary>
    /// <param name="since">The position of the previous read; 0 reads all that is retained.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="Common.OriginUnavailableException">The journal cannot be read now.</exception>
    Task<JournalReading> ReadAsync(long since, CancellationToken cancellationToken);

    /// <summary>Appends records in a transaction of their own. (Those of a command go through the unit of work.)</summary>
    /// <param name="invalidations">One or more records.</param>
    /// <param name="command">What caused them, for the operator; cut to <see cref="JournalRecord.MaxCommandLength"/>.</param>
    /// <param name="cancellationToken">Gives up, where nothing was committed yet.</param>
    /// <returns>The position of the write.</returns>
    /// <exception cref="Common.OriginUnavailableException">The database refused it: nothing was invalidated.</exception>
    Task<long> AppendAsync(IReadOnlyList<Invalidation> invalidations, string command, CancellationToken cancellationToken);

    /// <summary>Deletes records older than a moment, in batches. Readings say from then on up to where records are gone, so one deleted too early costs loads alone.</summary>
    /// <returns>How many were deleted.</returns>
    /// <exception cref="Common.OriginUnavailableException">The database cannot be reached now.</exception>
    Task<int> TrimAsync(DateTime olderThan, CancellationToken cancellationToken);

    /// <summary>How many records are counted at most.</summary>
    const int MostCounted = 1_000_000;

    /// <summary>Counts the records that are retained, up to <see cref="MostCounted"/>; for operators, and meant to be asked seldom.</summary>
    /// <exception cref="Common.OriginUnavailableException">The database cannot be reached now.</exception>
    Task<long> CountAsync(CancellationToken cancellationToken);
}

/// <summary>What one read of the journal saw.</summary>
/// <param name="Records">The records at or after the position asked for, in no particular order.</param>
/// <param name="Position">The point up to which every record is now known: lease and token are compared with it.</param>
/// <param name="JournalId">Identifies the journal: another one where positions may come a second time. Leases of another journal mean nothing here.</param>
/// <param name="Floor">Where records are missing, trimmed or more than one reading takes: everything leased before this position is invalid. 0 where none is missing.</param>
public sealed record JournalReading(IReadOnlyList<JournalRecord> Records, long Position, Guid JournalId, long Floor = 0)
{
    /// <summary>Identifies the data that the journal lies with: while it is the same, values that were leased from another journal are copies of them still, of which nobody knows whether they are out of date.</summary>
    public Guid DatabaseId { get; init; } = JournalId;

    /// <summary>Whether every record is there that is retained at or after the position asked for.</summary>
    public bool IsWhole { get; init; } = true;
}

/// <summary>One record.</summary>
/// <param name="Position">Its place.</param>
/// <param name="Invalidation">What is out of date.</param>
/// <param name="Command">What caused it.</param>
/// <param name="At">When it was written, UTC, by the writer's clock.</param>
public sealed record JournalRecord(long Position, Invalidation Invalidation, string Command, DateTime At)
{
    /// <summary>Greatest length of a command's name, in UTF-16 code units.</summary>
    public const int MaxCommandLength = 200;

    /// <summary>A command's name as a record keeps it.</summary>
    public static string Shortened(string command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return command.Length > MaxCommandLength ? command[..MaxCommandLength] : command;
    }
}
