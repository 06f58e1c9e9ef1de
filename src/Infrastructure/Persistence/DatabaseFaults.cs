using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;
using Npgsql;
using Polly.CircuitBreaker;

namespace NeuroLab.Infrastructure.Persistence;

/// <summary>Tells failures that pass from those that do not. Looks at inner exceptions: LINQ wraps what the driver throws.</summary>
internal static class DatabaseFaults
{
    private const int SqliteBusy = 5;
    private const int SqliteLocked = 6;
    private const int SqliteReadOnly = 8;
    private const int SqliteInputOutput = 10;
    private const int SqliteFull = 13;
    private const int SqliteCannotOpen = 14;

    /// <summary>Extended codes of failed writing: write, fsync, fsync of the folder, truncate, growing the shared index of the log.</summary>
    private static readonly int[] SqliteWriting = [778, 1034, 1290, 1546, 4874];

    /// <summary>Whether the database, not the caller, is the cause, and another moment may bring another answer.</summary>
    public static bool IsTransient(Exception exception) => AnyOf(exception, static e => e switch
    {
        PostgresException postgres => IsTransientState(postgres.SqlState) || postgres.IsTransient,
        NpgsqlException npgsql => npgsql.IsTransient || npgsql.InnerException is null,
        SqliteException sqlite => sqlite.SqliteErrorCode
            is SqliteBusy or SqliteLocked or SqliteReadOnly or SqliteInputOutput or SqliteFull or SqliteCannotOpen,
        TimeoutException or SocketException or IOException or OriginUnavailableException => true,
        _ => false,
    });

    /// <summary>
    /// Whether the database is there and refuses this call for want of room: a disk that is full or cannot be written, a server that takes no writes lest its disk be full, memory that is used up. It says
    /// nothing of other calls: what only reads goes on.
    /// </summary>
    public static bool IsWantOfRoom(Exception exception) => AnyOf(exception, static e =>
        e is PostgresException { SqlState: PostgresErrorCodes.DiskFull or PostgresErrorCodes.OutOfMemory or PostgresErrorCodes.ReadOnlySqlTransaction }
        || (e is SqliteException sqlite && (sqlite.SqliteErrorCode is SqliteFull or SqliteReadOnly || SqliteWriting.Contains(sqlite.SqliteExtendedErrorCode))));

    /// <summary>Whether callers are in each other's way: a deadlock, a lock that was not to be had, a transaction overtaken. It says nothing of the database.</summary>
    public static bool IsContention(Exception exception) => AnyOf(exception, static e =>
        e is PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable }
            or SqliteException { SqliteErrorCode: SqliteBusy or SqliteLocked });

    /// <summary>Whether it ran out of time: trying again at once would only take as long again.</summary>
    public static bool IsTimeout(Exception exception) => AnyOf(exception, static e =>
        e is TimeoutException or PostgresException { SqlState: PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable } or OperationCanceledException);

    /// <summary>What the layers above are told; null where the failure is not transient.</summary>
    public static OriginUnavailableException? Translate(Exception exception, TimeSpan retryAfter) => exception switch
    {
        OriginUnavailableException => null,
        BrokenCircuitException => new OriginUnavailableException(StaleReason.CircuitOpen, retryAfter, exception),
        _ when !IsTransient(exception) => null,
        _ => new OriginUnavailableException(IsTimeout(exception) ? StaleReason.OriginTimeout : StaleReason.OriginError, retryAfter, exception),
    };

    /// <summary>Whether something is true of the exception or of one inside it.</summary>
    private static bool AnyOf(Exception? exception, Func<Exception, bool> predicate)
    {
        while (exception is not null && !predicate(exception))
        {
            exception = exception.InnerException;
        }

        return exception is not null;
    }

    /// <summary>
    /// Classes 08 (connection), 53 (resources), 57 (operator: shut down, cannot connect now, cancelled), 28 and 3D (this service is not let in),
    /// and 40001, 40P01, 55P03 (serialization, deadlock, lock), 25006 (a server that takes no writes for now).
    /// </summary>
    private static bool IsTransientState(string state) =>
        state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("53", StringComparison.Ordinal) || state.StartsWith("57", StringComparison.Ordinal)
        || state.StartsWith("28", StringComparison.Ordinal) || state.StartsWith("3D", StringComparison.Ordinal)
        || state is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable
            or PostgresErrorCodes.ReadOnlySqlTransaction;
}
