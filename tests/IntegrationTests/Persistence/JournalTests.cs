using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Accounts;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Caching.Journal;
using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.Persistence;

public sealed class InProcessJournalTests : JournalContract
{
    private protected override IInvalidationJournal Journal { get; } = new InProcessJournal(TimeProvider.System);

    public override Task InitializeAsync() => Task.CompletedTask;

    public override Task DisposeAsync() => Task.CompletedTask;

    // It lives as long as its process, and takes every record in one reading.
    private protected override Task<IInvalidationJournal> AnotherNodeAsync(int? mostRecords = null) => Task.FromResult(Journal);
}

/// <summary>What besides holds of a journal that is kept where the data is.</summary>
public abstract class DatabaseJournalContract : JournalContract
{
    private readonly List<TestDatabase> _nodes = [];

    private protected TestDatabase Db => _nodes[0];

    private protected override IInvalidationJournal Journal => Db.Journal;

    public override async Task InitializeAsync() => _nodes.Add(await (await CreateAsync()).ReadyAsync());

    public override async Task DisposeAsync()
    {
        foreach (var node in Enumerable.Reverse(_nodes))
        {
            await node.DisposeAsync();
        }
    }

    private protected abstract Task<TestDatabase> CreateAsync();

    private protected override async Task<IInvalidationJournal> AnotherNodeAsync(int? mostRecords = null)
    {
        var node = Db.AnotherNode(mostRecords is { } most ? [("Cache:Database:JournalMaxRecords", $"{most}")] : []);
        _nodes.Add(await node.ReadyAsync());
        return node.Journal;
    }

    [Fact]
    public async Task ReadAsync_WhenThereAreMoreRecordsThanOneReadingTakes_KeepsEveryDeletionOfAnAccount()
    {
        const int Most = 100;
        await Journal.AppendAsync([Of("account:x")], nameof(DeleteAccount), None);
        for (var i = 0; i < 12; i++)
        {
            await Journal.AppendAsync([.. Enumerable.Range(0, 10).Select(n => Of($"k:{i}:{n}"))], "test", None);
        }

        var reading = await (await AnotherNodeAsync(Most)).ReadAsync(0, None);

        reading.Records.Should().HaveCount(Most + 1).And.ContainSingle(record => record.Command == nameof(DeleteAccount), "signed-in users are judged by those");
        reading.Floor.Should().BePositive();
        reading.IsWhole.Should().BeFalse();
        var rest = await (await AnotherNodeAsync(Most)).ReadAsync(reading.Floor, None);
        rest.Floor.Should().Be(0, "few enough are left");
        rest.IsWhole.Should().BeTrue();
    }

    [Fact]
    public async Task CommitAsync_WithData_WritesBoth()
    {
        var user = Sample.User();

        var position = await Db.CommitAsync(s => s.GetRequiredService<IAccountRepository>().Add(user), Of("a"), Of("b"));

        var reading = await Db.Journal.ReadAsync(0, None);
        reading.Records.Should().HaveCount(2).And.OnlyContain(r => r.Command == "test");
        reading.Records.Max(r => r.Position).Should().Be(position);
    }

    [Fact]
    public async Task CommitAsync_WhenTheDataIsRefused_WritesNeither()
    {
        await Db.CommitAsync(s => s.GetRequiredService<IAccountRepository>().Add(Sample.User("taken@example.org")));
        var other = Sample.User();

        var commit = () => Db.CommitAsync(
            s =>
            {
                s.GetRequiredService<IAccountRepository>().Add(other);
                s.GetRequiredService<IAccountRepository>().Add(Sample.User("TAKEN@example.org"));
            },
            Of("a"));

        (await commit.Should().ThrowAsync<ConflictException>()).WithMessage("*email address is taken*");
        (await Db.Journal.ReadAsync(0, None)).Records.Should().BeEmpty();
        (await Db.QueryAsync("SELECT COUNT(*) FROM users")).Should().Equal("1");
    }

    [Fact]
    public async Task CommitAsync_WithNothing_ReturnsNull()
    {
        (await Db.CommitAsync(_ => { })).Should().BeNull();
    }
}

public sealed class SqliteJournalTests : DatabaseJournalContract
{
    private protected override Task<TestDatabase> CreateAsync() => Task.FromResult(TestDatabase.Sqlite());
}

[Collection(PostgresCollection.Name)]
public sealed class PostgresJournalTests(PostgresServer server) : DatabaseJournalContract
{
    [Fact]
    public async Task ReadAsync_WhenTransactionsCommitOutOfOrder_LosesNoRecord()
    {
        await using var slow = await Db.OpenAsync();
        await using var open = await slow.BeginTransactionAsync();
        await InsertAsync(slow, "slow");
        var fast = await Db.Journal.AppendAsync([Of("fast")], "test", None);

        var first = await Db.Journal.ReadAsync(0, None);
        await open.CommitAsync();
        var second = await Db.Journal.ReadAsync(first.Position, None);

        first.Records.Select(r => r.Invalidation.Text).Should().Equal("fast");
        first.Position.Should().BeLessThan(fast, "an older transaction was still open");
        second.Records.Select(r => r.Invalidation.Text).Should().BeEquivalentTo("slow", "fast");
        second.Records.Should().OnlyContain(r => r.Position >= first.Position);
        (await ReadPastAsync(fast, first.Position)).Position.Should().BeGreaterThan(fast);
    }

    [Fact]
    public async Task ReadAsync_WhenATransactionIsRolledBack_NeverShowsItsRecords()
    {
        await using var connection = await Db.OpenAsync();
        await using (var open = await connection.BeginTransactionAsync())
        {
            await InsertAsync(connection, "never");
            await open.RollbackAsync();
        }

        (await Db.Journal.ReadAsync(0, None)).Records.Should().BeEmpty();
    }

    [Fact]
    public async Task ReadAsync_UnderManyWriters_FollowsEveryRecord()
    {
        const int Writers = 8;
        const int Each = 50;
        var seen = new HashSet<string>();
        using var done = new CancellationTokenSource();
        var follower = Task.Run(async () =>
        {
            var position = 0L;
            while (true)
            {
                var last = done.IsCancellationRequested;
                var reading = await Db.Journal.ReadAsync(position, None);
                reading.Position.Should().BeGreaterThanOrEqualTo(position);
                position = reading.Position;
                seen.UnionWith(reading.Records.Select(r => r.Invalidation.Text));
                if (last)
                {
                    return;
                }
            }
        });

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            await using var connection = await Db.OpenAsync();
            for (var i = 0; i < Each; i++)
            {
                await using var transaction = await connection.BeginTransactionAsync();
                await InsertAsync(connection, $"{writer}.{i}");
                if (i % 3 == 0)
                {
                    // Holds this transaction open while others, begun later, commit.
                    await Db.QueryAsync("SELECT pg_sleep(0.005)");
                }

                await transaction.CommitAsync();
            }
        }));
        await done.CancelAsync();
        await follower;

        seen.Should().HaveCount(Writers * Each);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task MigrateAsync_WhenTheDatabaseCameFromAServerFurtherOn_BeginsANewJournal(bool trimmed)
    {
        await Db.Journal.AppendAsync([Of("restored")], "test", None);
        var before = await Db.Journal.ReadAsync(0, None);
        await Db.QueryAsync("UPDATE cache_journal SET xid = '4000000000'");
        if (trimmed)
        {
            await Db.Journal.TrimAsync(DateTime.MaxValue, None);
        }

        await using var restarted = await Db.AnotherNode().ReadyAsync();
        var after = await restarted.Journal.ReadAsync(0, None);

        (after.JournalId == before.JournalId, after.DatabaseId == before.DatabaseId, after.Floor).Should().Be((false, false, 0));
        after.Records.Should().BeEmpty();
    }

    [Fact]
    public async Task ReadAsync_WhenTheTableOfItsIdentityCameOutOfADump_IsOfAnotherJournal()
    {
        var before = await Db.Journal.ReadAsync(0, None);
        await Db.QueryAsync("CREATE UNLOGGED TABLE dumped AS SELECT * FROM cache_journal_id; DROP TABLE cache_journal_id");
        await Db.QueryAsync("CREATE UNLOGGED TABLE cache_journal_id (LIKE dumped, PRIMARY KEY (is_only)); ALTER TABLE cache_journal_id ALTER is_only SET DEFAULT TRUE; INSERT INTO cache_journal_id SELECT * FROM dumped");

        var after = await Db.Journal.ReadAsync(0, None);

        after.JournalId.Should().NotBe(before.JournalId).And.NotBeEmpty();
        (await Db.Journal.ReadAsync(0, None)).JournalId.Should().Be(after.JournalId);
    }

    [Fact]
    public async Task ReadAsync_WhenTheServerTakesNoWritesAndTheJournalHasNoIdentity_FailsAndOpensNoBreaker()
    {
        await Db.QueryAsync("DELETE FROM cache_journal_id");
        await Db.QueryAsync("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$");
        Db.Database.Target.ForgetConnections();

        for (var i = 0; i < 20; i++)
        {
            await Db.Journal.Awaiting(journal => journal.ReadAsync(0, None)).Should().ThrowAsync<OriginUnavailableException>();
        }

        Db.Database.Circuit.Should().Be("closed", "what only reads goes on");
        await Db.QueryAsync("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET default_transaction_read_only', current_database()); END $$");
        Db.Database.Target.ForgetConnections();
        (await Db.Journal.ReadAsync(0, None)).JournalId.Should().NotBeEmpty();
    }

    [Fact]
    public async Task ReadAsync_WhenAPoolerHasChangedToAStandby_TrustsNoSessionAnyMoreNorWhatWasLoadedThere()
    {
        var first = await Db.Journal.ReadAsync(0, None);
        await using var open = await Db.Database.Target.Source!.OpenConnectionAsync();
        var before = open.ProcessID;
        await open.CloseAsync();

        // What a standby says of an unlogged table.
        await Db.QueryAsync("ALTER TABLE cache_journal_id RENAME TO elsewhere");
        await Db.QueryAsync("CREATE FUNCTION refuse() RETURNS uuid LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = '0A000'; END $$");
        await Db.QueryAsync("CREATE VIEW cache_journal_id AS SELECT refuse() AS id, TRUE AS is_only, to_regclass('public.cache_journal_id') AS made_in");

        await Db.Journal.Awaiting(journal => journal.ReadAsync(0, None)).Should().ThrowAsync<OriginUnavailableException>();

        await using var another = await Db.Database.Target.Source!.OpenConnectionAsync();
        another.ProcessID.Should().NotBe(before);
        await Db.QueryAsync("DROP VIEW cache_journal_id; ALTER TABLE elsewhere RENAME TO cache_journal_id");
        var later = await Db.Journal.ReadAsync(0, None);
        (later.JournalId == first.JournalId, later.DatabaseId == first.DatabaseId).Should().Be((false, true));
        (await Db.Journal.ReadAsync(0, None)).JournalId.Should().Be(later.JournalId);
    }

    private protected override async Task<TestDatabase> CreateAsync() => TestDatabase.Postgres(await server.CreateDatabaseAsync());

    private static async Task InsertAsync(System.Data.Common.DbConnection connection, string pattern)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of the test.
        command.CommandText = $"INSERT INTO cache_journal (target, pattern, is_purge, command, created_at) VALUES ('pattern', '{pattern}', false, 'test', now())";
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
