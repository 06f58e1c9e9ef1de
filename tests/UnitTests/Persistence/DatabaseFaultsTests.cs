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
        { new SqliteException("full", 13), StaleReason.OriginError },
        { new SqliteException("input or output", 10), StaleReason.OriginError },
        { new SqliteException("read-only", 8), StaleReason.OriginError },
        { new SqliteException("cannot open", 14), StaleReason.OriginError },
        { new SqliteException("constraint", 19), null },
        { Postgres("53100"), StaleReason.OriginError },
        { Postgres("53200"), StaleReason.OriginError },
        { new TimeoutException(), StaleReason.OriginTimeout },
        { new BrokenCircuitException(), StaleReason.CircuitOpen },
        { new InvalidOperationException("a bug"), null },
        { new NotFoundException("nothing"), null },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Translate_AFailure_TellsPassingFromLasting(Exception exception, StaleReason? expected) =>
        (DatabaseFaults.Translate(exception, TimeSpan.FromSeconds(1))?.Reason).Should().Be(expected);

    public static TheoryData<Exception, bool> Rooms => new()
    {
        { new SqliteException("full", 13), true },
        { new InvalidOperationException("LINQ", new SqliteException("full", 13)), true },
        { new SqliteException("read-only", 8), true },
        { new SqliteException("write", 10, 778), true },
        { new SqliteException("growing the log's index", 10, 4874), true },
        { new SqliteException("read", 10, 266), false },
        { new SqliteException("cannot open", 14), false },
        { new SqliteException("busy", 5), false },
        { Postgres("53100"), true },
        { Postgres("25006"), true },
        { Postgres("53200"), true },
        { Postgres("53300"), false },
        { new TimeoutException(), false },
    };

    [Theory]
    [MemberData(nameof(Rooms))]
    public void IsWantOfRoom_AFailure_TellsWhetherOtherCallsGoOn(Exception exception, bool expected) => DatabaseFaults.IsWantOfRoom(exception).Should().Be(expected);

    private static PostgresException Postgres(string state) => new("text", "ERROR", "ERROR", state);
}
