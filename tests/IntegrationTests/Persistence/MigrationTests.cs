using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using NeuroLab.Infrastructure.Persistence;
using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.Persistence;

/// <summary>How the schema is made and upgraded, on both databases.</summary>
public abstract class MigrationTests : IAsyncLifetime
{
    private const string First = "20261101000000_AccountsAndExperiments";

    private protected TestDatabase Db { get; private set; } = null!;

    private protected abstract string SchemaQuery { get; }

    public async Task InitializeAsync() => Db = await CreateAsync();

    public async Task DisposeAsync() => await Db.DisposeAsync();

    private protected abstract Task<TestDatabase> CreateAsync();

    [Fact]
    public async Task InitializeAsync_OnAFreshDatabase_MakesEveryTable()
    {
        await Db.ReadyAsync();

        foreach (var table in new[] { "users", "experiments", "results", "refresh_tokens", "cache_journal", "audit_log", "cache_nodes" })
        {
            (await Db.QueryAsync($"SELECT COUNT(*) FROM {table}")).Should().Equal("0");
        }

        (await Db.QueryAsync("SELECT name FROM service_keys")).Should().Equal("journal_id");
    }

    [Fact]
    public async Task InitializeAsync_OnAnOlderSchema_UpgradesItAndKeepsTheData()
    {
        await new SchemaMigrator(Db.Database.Target, TimeProvider.System).MigrateAsync(First, CancellationToken.None);
        var user = Sample.User();
        await using (var context = Db.Database.CreateContext())
        {
            context.Add(user);
            await context.SaveChangesAsync();
        }

        await Db.ReadyAsync();

        (await Db.QueryAsync("SELECT email FROM users")).Should().Equal(user.Email);
        (await Db.Journal.ReadAsync(0, CancellationToken.None)).JournalId.Should().NotBeEmpty();
    }

    [Fact]
    public async Task InitializeAsync_Again_ChangesNothing()
    {
        await Db.ReadyAsync();
        var before = await Db.Journal.ReadAsync(0, CancellationToken.None);

        await using var restarted = await Db.AnotherNode().ReadyAsync();

        (await restarted.Journal.ReadAsync(0, CancellationToken.None)).JournalId.Should().Be(before.JournalId);
    }

    [Fact]
    public async Task InitializeAsync_EightNodesAtOnce_AllSucceed()
    {
        var nodes = Enumerable.Range(0, 8).Select(_ => Db.AnotherNode()).ToList();
        try
        {
            await Task.WhenAll(nodes.Select(node => Task.Run(node.ReadyAsync)));
            var readings = await Task.WhenAll(nodes.Select(node => node.Journal.ReadAsync(0, CancellationToken.None)));
            readings.Select(r => r.JournalId).Distinct().Should().ContainSingle();
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Migrations_ComparedWithTheModel_MakeTheSameSchema()
    {
        await Db.ReadyAsync();
        await using var created = await CreateAsync();
        await using (var context = created.Database.CreateContext())
        {
            await context.Database.EnsureCreatedAsync();
        }

        var (migrated, modelled) = (await Db.QueryAsync(SchemaQuery), await created.QueryAsync(SchemaQuery));

        modelled.Should().HaveCountGreaterThan(40);
        migrated.Should().BeEquivalentTo(modelled);
    }
}

public sealed class MigrationsOnSqliteTests : MigrationTests
{
    private protected override string SchemaQuery => """
        SELECT 'column', t.name, c.name, c.type, c."notnull", c.dflt_value, c.pk FROM sqlite_master t, pragma_table_info(t.name) c
            WHERE t.type = 'table' AND t.name NOT LIKE '\_\_%' ESCAPE '\' AND t.name NOT LIKE 'sqlite%'
        UNION ALL
        SELECT 'index', t.name, i.name, i."unique", x.name, x.seqno, x."desc" FROM sqlite_master t, pragma_index_list(t.name) i, pragma_index_xinfo(i.name) x
            WHERE t.type = 'table' AND t.name NOT LIKE '\_\_%' ESCAPE '\' AND t.name NOT LIKE 'sqlite%' AND x.key
        UNION ALL
        SELECT 'key', t.name, f."from", f."table", f."to", f.on_delete, f.seq FROM sqlite_master t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table'
        UNION ALL
        SELECT 'checks', name, (LENGTH(sql) - LENGTH(REPLACE(sql, 'CHECK (', ''))) / 7, INSTR(sql, 'AUTOINCREMENT') > 0, '', '', ''
            FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\_\_%' ESCAPE '\' AND name NOT LIKE 'sqlite%'
        """;

    [Fact]
    public async Task InitializeAsync_WhenAProcessWasKilledWhileMigrating_DoesNotHang()
    {
        await new SchemaMigrator(Db.Database.Target, TimeProvider.System).MigrateAsync("20261101000000_AccountsAndExperiments", CancellationToken.None);
        await Db.QueryAsync("INSERT INTO \"__EFMigrationsLock\" (\"Id\", \"Timestamp\") VALUES (1, '2026-01-01')");

        await Db.ReadyAsync().WaitAsync(TimeSpan.FromSeconds(20));

        (await Db.QueryAsync("SELECT COUNT(*) FROM cache_journal")).Should().Equal("0");
    }

    [Fact]
    public async Task InitializeAsync_OnSqlite_LogsAheadAndChecksForeignKeys()
    {
        await Db.ReadyAsync();

        (await Db.QueryAsync("PRAGMA journal_mode")).Should().Equal("wal");
        await using var context = Db.Database.CreateContext();
        await context.Database.OpenConnectionAsync();
        (await context.Database.SqlQueryRaw<int>("SELECT foreign_keys AS Value FROM pragma_foreign_keys").SingleAsync()).Should().Be(1);
        (await context.Database.SqlQueryRaw<int>("SELECT timeout AS Value FROM pragma_busy_timeout").SingleAsync()).Should().Be(3000);
    }

    [Fact]
    public async Task StartingAsync_WhenTheFileIsNoDatabase_StopsTheStartWithASentence()
    {
        await File.WriteAllTextAsync(Db.Database.Target.File!, new string('x', 10_000));

        var start = () => Db.Get<DatabaseInitializer>().StartingAsync(CancellationToken.None);

        (await start.Should().ThrowAsync<InvalidOperationException>()).WithMessage("*neurolab.db*DATA_DIR*").WithInnerException<SqliteException>();
    }

    private protected override Task<TestDatabase> CreateAsync() => Task.FromResult(TestDatabase.Sqlite());
}

[Collection(PostgresCollection.Name)]
public sealed class MigrationsOnPostgresTests(PostgresServer server) : MigrationTests
{
    private protected override string SchemaQuery => """
        SELECT 'column', c.table_name, c.column_name, c.data_type, c.is_nullable, COALESCE(c.column_default, ''), c.is_identity
            FROM information_schema.columns c WHERE c.table_schema = 'public' AND c.table_name NOT LIKE '\_\_%'
        UNION ALL
        SELECT 'index', tablename, indexname, indexdef, '', '', '' FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE '\_\_%'
        UNION ALL
        SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '', '' FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE '"\_\_%'
        UNION ALL
        SELECT 'table', relname, relpersistence::text, '', '', '', '' FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT LIKE '\_\_%'
        """;

    [Fact]
    public async Task InitializeAsync_WhenNodesOfTheFormerVersionRun_KeepsTheJournalThatTheyKnow()
    {
        await new SchemaMigrator(Db.Database.Target, TimeProvider.System).MigrateAsync("20261126000000_Nodes", CancellationToken.None);
        var known = Guid.NewGuid();
        await Db.QueryAsync($"INSERT INTO service_keys (name, value, created_at) VALUES ('journal_id', '\\x{Convert.ToHexString(known.ToByteArray())}', now())");

        await Db.ReadyAsync();

        var reading = await Db.Journal.ReadAsync(0, CancellationToken.None);
        (reading.JournalId, reading.DatabaseId).Should().Be((known, known));
    }

    private protected override async Task<TestDatabase> CreateAsync() => TestDatabase.Postgres(await server.CreateDatabaseAsync());
}
