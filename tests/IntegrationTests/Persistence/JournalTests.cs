using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;
using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.Persistence;

/// <summary>The contract of the journal, on both databases.</summary>
public abstract class JournalTests : IAsyncLifetime
{
    private protected TestDatabase Db { get; private set; } = null!;

    private protected static CancellationToken None => CancellationToken.None;

    private protected static Invalidation Of(string glob) => Invalidation.OfPattern(CachePattern.Glob(glob));

    public async Task InitializeAsync() => Db = await (await CreateAsync()).ReadyAsync();

    public async Task DisposeAsync() => await Db.DisposeAsync();

    private protected abstract Task<TestDatabase> CreateAsync();

    [Fact]
    public async Task ReadAsync_WhenEmpty_ReturnsAPositionAndAnIdentity()
    {
        var reading = await Db.Journal.ReadAsync(0, None);

        reading.Records.Should().BeEmpty();
        reading.Position.Should().BePositive();
        reading.JournalId.Should().NotBeEmpty();
    }

    [Fact]
    public async Task ReadAsync_OnAnotherNode_SeesTheSameIdentityAndRecords()
    {
        await using var other = await Db.AnotherNode().ReadyAsync();
        await Db.Journal.AppendAsync([Of("a:*")], "test", None);

        var (here, there) = (await Db.Journal.ReadAsync(0, None), await other.Journal.ReadAsync(0, None));

        there.JournalId.Should().Be(here.JournalId);
        there.Records.Should().BeEquivalentTo(here.Records);
    }

    [Fact]
    public async Task AppendAsync_Records_AreReadAsTheyWereWritten()
    {
        Invalidation[] written = [Of("a:[x]\\*?é😀'"), Invalidation.OfTag("tag"), Invalidation.Purge(CachePattern.All)];

        var position = await Db.Journal.AppendAsync(written, new string('c', 300), None);
        var reading = await Db.Journal.ReadAsync(0, None);

        reading.Records.Select(r => r.Invalidation).Should().BeEquivalentTo(written);
        reading.Records.Should().OnlyContain(r => r.Command.Length == 200 && r.At.Kind == DateTimeKind.Utc && r.Position <= position);
        reading.Records.Max(r => r.Position).Should().Be(position);
    }

    [Fact]
    public async Task ReadAsync_FromTheLastPosition_SeesWhatCameAfter()
    {
        await Db.Journal.AppendAsync([Of("old")], "test", None);
        var lease = (await Db.Journal.ReadAsync(0, None)).Position;

        var written = await Db.Journal.AppendAsync([Of("new")], "test", None);
        var reading = await Db.Journal.ReadAsync(lease, None);

        written.Should().BeGreaterThanOrEqualTo(lease, "a record at or after the lease kills what was leased");
        reading.Records.Should().ContainSingle(r => r.Invalidation.Text == "new");
        reading.Position.Should().BeGreaterThanOrEqualTo(lease);
    }

    [Fact]
    public async Task ReadAsync_AfterACommit_MovesPastIt()
    {
        var written = await Db.Journal.AppendAsync([Of("a")], "test", None);

        (await Db.Journal.ReadAsync(0, None)).Position.Should().BeGreaterThan(written);
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

    [Fact]
    public async Task TrimAsync_OldRecords_GoAndThePositionStays()
    {
        for (var i = 0; i < 3; i++)
        {
            await Db.Journal.AppendAsync([Of("old")], "test", None);
        }

        var before = (await Db.Journal.ReadAsync(0, None)).Position;
        var deleted = await Db.Journal.TrimAsync(DateTime.MaxValue, None);
        var after = await Db.Journal.ReadAsync(0, None);

        deleted.Should().Be(3);
        after.Records.Should().BeEmpty();
        after.Position.Should().BeGreaterThanOrEqualTo(before);
        (await Db.Journal.AppendAsync([Of("new")], "test", None)).Should().BeGreaterThanOrEqualTo(before);
    }

    [Fact]
    public async Task TrimAsync_MoreThanABatch_DeletesAllThatAreOldAndNoOther()
    {
        await Db.Journal.AppendAsync([.. Enumerable.Repeat(Of("x"), 5100)], "test", None);

        (await Db.Journal.TrimAsync(DateTime.UnixEpoch, None)).Should().Be(0);
        (await Db.Journal.TrimAsync(DateTime.MaxValue, None)).Should().Be(5100);
    }
}

public sealed class JournalOnSqliteTests : JournalTests
{
    private protected override Task<TestDatabase> CreateAsync() => Task.FromResult(TestDatabase.Sqlite());
}

[Collection(PostgresCollection.Name)]
public sealed class JournalOnPostgresTests(PostgresServer server) : JournalTests
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
        second.Position.Should().BeGreaterThan(fast);
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

    [Fact]
    public async Task MigrateAsync_WhenTheDatabaseCameFromAServerFurtherOn_BeginsANewJournal()
    {
        await Db.Journal.AppendAsync([Of("restored")], "test", None);
        var before = await Db.Journal.ReadAsync(0, None);
        await Db.QueryAsync("UPDATE cache_journal SET xid = '4000000000'");

        await using var restarted = await Db.AnotherNode().ReadyAsync();
        var after = await restarted.Journal.ReadAsync(0, None);

        after.JournalId.Should().NotBe(before.JournalId);
        after.Records.Should().BeEmpty();
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
