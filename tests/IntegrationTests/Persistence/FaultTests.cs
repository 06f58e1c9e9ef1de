using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Persistence;
using NeuroLab.IntegrationTests.EndToEnd;
using NeuroLab.IntegrationTests.Fixtures;
using Npgsql;

namespace NeuroLab.IntegrationTests.Persistence;

/// <summary>A real server that stops, freezes and comes back.</summary>
[Collection(PostgresCollection.Name)]
public sealed class FaultTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly (string, string)[] Quick =
    [
        ("Cache:Database:AttemptTimeout", "00:00:00.500"),
        ("Cache:Database:TotalTimeout", "00:00:01"),
        ("Cache:Database:JournalTimeout", "00:00:00.300"),
        ("Cache:Database:ProbeTimeout", "00:00:00.500"),
        ("Cache:Database:BreakerProbeInterval", "00:00:00.100"),
        ("Cache:Database:MaxAbandonedCalls", "3"),
    ];

    private TestDatabase _db = null!;

    private static CancellationToken None => CancellationToken.None;

    public async Task InitializeAsync() => _db = await TestDatabase.Postgres(await server.CreateDatabaseAsync(), Quick).ReadyAsync();

    public async Task DisposeAsync()
    {
        server.Thaw();
        await _db.DisposeAsync();
        await server.StopAsync();
        await server.StartAsync();
    }

    [Fact]
    public async Task ReadAsync_WhenTheServerStopped_FailsAsUnavailableThenOpensTheBreakerAndRecoversByItself()
    {
        await ReadAsync();
        await server.StopAsync();

        (await FailureAsync(ReadAsync)).Reason.Should().Be(StaleReason.OriginError);
        await UntilAsync(async () => (await FailureAsync(ReadAsync)).Reason == StaleReason.CircuitOpen);

        var called = false;
        var refused = await FailureAsync(() => _db.Database.CallAsync(_ => Task.FromResult(called = true), retried: true, null, None));
        refused.Reason.Should().Be(StaleReason.CircuitOpen);
        refused.RetryAfter.Should().BePositive();
        called.Should().BeFalse("an open breaker answers without asking the database");
        (await _db.Get<IDatabaseHealth>().CheckAsync(None)).Should().Be(new DatabaseStatus(false, "postgresql", "open", null));

        await server.StartAsync();
        await UntilAsync(() => Task.FromResult(_db.Database.Circuit == "closed"));

        // The first call afterwards is a commit, which is not tried again: no connection that died may be left in the pool.
        await _db.CommitAsync(s => s.GetRequiredService<IAccountRepository>().Add(Sample.User()));
        await ReadAsync();
    }

    [Fact]
    public async Task ReadAsync_WhenTheServerWasRestartedMeanwhile_SucceedsBecauseItIsTriedAgain()
    {
        await Task.WhenAll(ReadAsync(), ReadAsync());
        await server.StopAsync();
        await server.StartAsync();

        await ReadAsync();
    }

    [Fact]
    public async Task ReadAsync_WhenTheServerIsFrozen_IsBoundedAndTheGateHoldsTheRest()
    {
        await ReadAsync();
        server.Freeze();
        var started = Stopwatch.GetTimestamp();

        (await FailureAsync(ReadAsync)).Reason.Should().Be(StaleReason.OriginTimeout);
        (await FailureAsync(() => _db.Journal.ReadAsync(0, None))).Reason.Should().Be(StaleReason.OriginTimeout);
        (await FailureAsync(() => _db.Journal.AppendAsync([Invalidation.OfTag("x")], "test", None))).Reason.Should().Be(StaleReason.OriginTimeout);

        Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(4), "three calls of half a second are bounded, whatever the driver does");
        _db.Database.Hanging.Should().Be(3);
        var called = false;
        (await FailureAsync(() => _db.Database.CallAsync(_ => Task.FromResult(called = true), retried: true, null, None))).Reason.Should().Be(StaleReason.OriginTimeout);
        called.Should().BeFalse("too many calls hang already");

        server.Thaw();
        await UntilAsync(() => Task.FromResult(_db.Database is { Hanging: 0, Circuit: "closed" }));
        await ReadAsync();
    }

    [Theory]
    [InlineData(PostgresErrorCodes.DeadlockDetected)]
    [InlineData(PostgresErrorCodes.SerializationFailure)]
    public async Task CallAsync_WhenCallersAreInEachOthersWay_OpensNoBreaker(string state)
    {
        for (var count = 0; count < 20; count++)
        {
            (await FailureAsync(() => _db.Database.CallAsync<int>(_ => throw new PostgresException("in the way", "ERROR", "ERROR", state), retried: false, null, None)))
                .Reason.Should().Be(StaleReason.OriginError);
        }

        _db.Database.Circuit.Should().Be("closed");
        await ReadAsync();
    }

    [Fact]
    public async Task CallAsync_WhenSomebodyHoldsALockForLong_SaysSoInTimeAndOpensNoBreaker()
    {
        await using var held = await TableLock.OnReadsAsync(_db.Settings["ConnectionStrings:Postgres"]!, "users");
        for (var count = 0; count < 6; count++)
        {
            (await FailureAsync(() => _db.Database.WriteAsync((context, token) => context.Users.Select(user => user.Id).ToListAsync(token), null, None)))
                .Reason.Should().Be(StaleReason.OriginTimeout);
        }

        _db.Database.Circuit.Should().Be("closed");
        await UntilAsync(() => Task.FromResult(_db.Database.Hanging == 0));
        await held.DisposeAsync();
        await ReadAsync();
    }

    [Fact]
    public async Task CommitAsync_WhenTheServerIsFrozen_IsBoundedAndItsContextOutlivesTheScope()
    {
        await ReadAsync();
        server.Freeze();
        var scope = _db.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<IAccountRepository>().Add(Sample.User());
        var work = scope.ServiceProvider.GetRequiredService<IUnitOfWork>();

        (await FailureAsync(() => work.CommitAsync([Invalidation.OfTag("x")], "test", None))).Reason.Should().Be(StaleReason.OriginTimeout);
        (await FailureAsync(() => work.CommitAsync([], "test", None))).Reason.Should().Be(StaleReason.OriginTimeout, "the first commit may still be under way");
        await scope.DisposeAsync();

        server.Thaw();
        await UntilAsync(() => Task.FromResult(_db.Database.Hanging == 0));
        // It happened or it did not, but data and record agree.
        var users = (await _db.QueryAsync("SELECT COUNT(*) FROM users")).Single();
        (await _db.QueryAsync("SELECT COUNT(*) FROM cache_journal")).Single().Should().Be(users);
    }

    [Fact]
    public async Task ReadAsync_WhenTheCallerGivesUp_ReturnsAtOnce()
    {
        server.Freeze();
        using var caller = new CancellationTokenSource();
        var read = _db.Get<IExperimentReader>().FindAsync(Guid.NewGuid(), Guid.NewGuid(), caller.Token);

        await caller.CancelAsync();

        await ((Func<Task>)(() => read)).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task StartingAsync_WhenTheServerIsAway_GoesOnAndMakesTheSchemaLater()
    {
        var fresh = await server.CreateDatabaseAsync();
        await server.StopAsync();
        await using var node = TestDatabase.Postgres(fresh, [.. Quick, ("Cache:Database:StartupWait", "00:00:00.100")]);
        var initializer = node.Get<DatabaseInitializer>();

        await initializer.StartingAsync(None);
        (await FailureAsync(() => node.Journal.ReadAsync(0, None))).Reason.Should().Be(StaleReason.OriginError);

        await server.StartAsync();
        await node.Database.Ready.WaitAsync(Patience);
        (await node.Journal.ReadAsync(0, None)).Records.Should().BeEmpty();
        await initializer.StoppingAsync(None);
    }

    [Fact]
    public async Task Journal_WhenTheServerCrashes_IsAnotherOneOfTheSameDataAndAfterARestartTheSame()
    {
        await using var node = _db.AnotherNode();
        await node.ReadyAsync();
        var both = await Task.WhenAll(ReadingAsync(_db), ReadingAsync(node));
        both.Select(reading => (reading.JournalId, reading.DatabaseId)).Distinct().Should().ContainSingle("whoever reads first gives it its identity").Which.JournalId.Should().NotBeEmpty();
        var before = both[0];

        await server.StopAsync();
        await server.StartAsync();
        var restarted = await ReadingAsync(_db);
        (restarted.JournalId, restarted.DatabaseId).Should().Be((before.JournalId, before.DatabaseId));

        // A number is drawn and given back: nothing of it is on the disk when the server dies.
        await _db.QueryAsync("BEGIN; SELECT pg_current_xact_id(); ROLLBACK; SELECT 1");
        var read = await ReadingAsync(_db);
        await server.CrashAsync();
        await server.StartAsync();
        var crashed = await ReadingAsync(_db);
        (crashed.JournalId == before.JournalId, crashed.DatabaseId).Should().Be((false, before.DatabaseId), "{0} was read before the crash and {1} after it", read.Position, crashed.Position);
        (await ReadingAsync(node)).JournalId.Should().Be(crashed.JournalId);

        static async Task<JournalReading> ReadingAsync(TestDatabase db)
        {
            JournalReading? reading = null;
            await UntilAsync(async () =>
            {
                try
                {
                    reading = await db.Journal.ReadAsync(0, None);
                }
                catch (OriginUnavailableException)
                {
                    // The breaker has not found out yet.
                }

                return reading is not null;
            });
            return reading!;
        }
    }

    [Fact]
    public async Task MigrateAsync_WhenTheLinkDiesWhileItLooksWhetherThereIsSomethingToDo_GivesUpSoon()
    {
        // Slow enough that the link is dead before the answer has come.
        await using var proxy = new TcpProxy(server.Port) { Delay = TimeSpan.FromMilliseconds(500) };
        var connection = new NpgsqlConnectionStringBuilder(_db.Settings["ConnectionStrings:Postgres"]) { Port = proxy.Port, Timeout = 10, ApplicationName = "slow-link" };
        await using var node = TestDatabase.Postgres(connection.ConnectionString);
        var migrating = new SchemaMigrator(node.Database.Target, TimeProvider.System).MigrateAsync(null, None);
        await UntilAsync(async () =>
            (await _db.QueryAsync("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'slow-link' AND query LIKE '%__EFMigrationsHistory%'")).Single() != "0");

        // Its answer is on its way, and none comes any more.
        proxy.BlackHole();

        await Task.WhenAny(migrating, Task.Delay(TimeSpan.FromSeconds(60)));
        migrating.IsFaulted.Should().BeTrue("it is tried again then, and the link may be back");
    }

    private static async Task<OriginUnavailableException> FailureAsync(Func<Task> call) => (await call.Should().ThrowAsync<OriginUnavailableException>()).Which;

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Stopwatch.GetElapsedTime(started).Should().BeLessThan(Patience);
            await Task.Delay(20);
        }
    }

    private Task ReadAsync() => _db.Get<IExperimentReader>().FindAsync(Guid.NewGuid(), Guid.NewGuid(), None);
}

/// <summary>An SQLite file that somebody else holds.</summary>
public sealed class SqliteFaultTests
{
    [Fact]
    public async Task CommitAsync_WhenSomebodyHoldsTheWriteLock_IsUnavailableAndReadsGoOn()
    {
        // A second a try: the reads, too, have to end in it.
        await using var db = await TestDatabase.Sqlite(("Cache:Database:AttemptTimeout", "00:00:01"), ("Cache:Database:TotalTimeout", "00:00:05")).ReadyAsync();
        await using var other = (SqliteConnection)await db.OpenAsync();
        await using var held = other.BeginTransaction(deferred: false);

        var commit = () => db.CommitAsync(s => s.GetRequiredService<IAccountRepository>().Add(Sample.User()), Invalidation.OfTag("x"));

        (await commit.Should().ThrowAsync<OriginUnavailableException>()).Which.Reason.Should().Be(StaleReason.OriginTimeout);
        (await db.Get<IExperimentReader>().ListAsync(Guid.NewGuid(), new ExperimentFilter(10, 0, null, null), CancellationToken.None)).Total.Should().Be(0);
    }

    [Fact]
    public async Task CommitAsync_ManyAtOnce_AllSucceed()
    {
        await using var db = await TestDatabase.Sqlite().ReadyAsync();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => db.CommitAsync(s => s.GetRequiredService<IAccountRepository>().Add(Sample.User()), Invalidation.OfTag("x")))));

        await using var context = db.Database.CreateContext();
        (await context.Users.CountAsync()).Should().Be(50);
        (await context.Journal.CountAsync()).Should().Be(50);
    }
}
