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

    /// <summary>Whether the database, not the caller, is the cause, and another moment may bring another answer.</summary>
    public static bool IsTransient(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            var transient = e switch
            {
                PostgresException postgres => IsTransientState(postgres.SqlState) || postgres.IsTransient,
                NpgsqlException npgsql => npgsql.IsTransient || npgsql.InnerException is null,
                SqliteException sqlite => sqlite.SqliteErrorCode is SqliteBusy or SqliteLocked,
                TimeoutException or SocketException or IOException or OriginUnavailableException => true,
                _ => false,
            };
            if (transient)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether it ran out of time: trying again at once would only take as long again.</summary>
    public static bool IsTimeout(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is TimeoutException or PostgresException { SqlState: PostgresErrorCodes.QueryCanceled } or OperationCanceledException)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What the layers above are told; null where the failure is not transient.</summary>
    public static OriginUnavailableException? Translate(Exception exception, TimeSpan retryAfter) => exception switch
    {
        OriginUnavailableException => null,
        BrokenCircuitException => new OriginUnavailableException(StaleReason.CircuitOpen, retryAfter, exception),
        _ when !IsTransient(exception) => null,
        _ => new OriginUnavailableException(IsTimeout(exception) ? StaleReason.OriginTimeout : StaleReason.OriginError, retryAfter, exception),
    };

    /// <summary>
    /// Classes 08 (connection), 53 (resources), 57 (operator: shut down, cannot connect now, cancelled), 28 and 3D (this service is not let in),
    /// and 40001, 40P01, 55P03 (serialization, deadlock, lock), 25006 (a standby that took over half-way).
    /// </summary>
    private static bool IsTransientState(string state) =>
        state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("53", StringComparison.Ordinal) || state.StartsWith("57", StringComparison.Ordinal)
        || state.StartsWith("28", StringComparison.Ordinal) || state.StartsWith("3D", StringComparison.Ordinal)
        || state is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable
            or PostgresErrorCodes.ReadOnlySqlTransaction;
}
