using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Persistence;
using Npgsql;
using Polly.CircuitBreaker;

namespace NeuroLab.UnitTests.Persistence;

public sealed class DatabaseFaultsTests
{
    public static TheoryData<Exception, StaleReason?> Cases => new()
    {
        { Postgres("57P01"), StaleReason.OriginError },
        { Postgres("57P03"), StaleReason.OriginError },
        { Postgres("53300"), StaleReason.OriginError },
        { Postgres("08006"), StaleReason.OriginError },
        { Postgres("28P01"), StaleReason.OriginError },
        { Postgres("40P01"), StaleReason.OriginError },
        { Postgres("57014"), StaleReason.OriginTimeout },
        { Postgres("23505"), null },
        { Postgres("42P01"), null },
        { new InvalidOperationException("LINQ", new NpgsqlException("lost", new IOException())), StaleReason.OriginError },
        { new NpgsqlException("slow", new TimeoutException()), StaleReason.OriginTimeout },
        { new SocketException(111), StaleReason.OriginError },
        { new SqliteException("busy", 5), StaleReason.OriginError },
        { new SqliteException("locked", 6), StaleReason.OriginError },
        { new SqliteException("constraint", 19), null },
        { new TimeoutException(), StaleReason.OriginTimeout },
        { new BrokenCircuitException(), StaleReason.CircuitOpen },
        { new InvalidOperationException("a bug"), null },
        { new NotFoundException("nothing"), null },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Translate_AFailure_TellsPassingFromLasting(Exception exception, StaleReason? expected) =>
        (DatabaseFaults.Translate(exception, TimeSpan.FromSeconds(1))?.Reason).Should().Be(expected);

    private static PostgresException Postgres(string state) => new("text", "ERROR", "ERROR", state);
}
