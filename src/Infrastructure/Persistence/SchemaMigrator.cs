using Microsoft.EntityFrameworkCore;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Persistence.Migrations;
using NeuroLab.Infrastructure.Persistence.Model;
using Npgsql;

namespace NeuroLab.Infrastructure.Persistence;

/// <summary>
/// Makes or upgrades the schema, one node at a time: the others wait for a lock and then find nothing to do. The framework's own lock does not
/// suffice: on a fresh PostgreSQL it is taken too late, on SQLite a killed process leaves it behind. Not thread-safe.
/// </summary>
internal sealed class SchemaMigrator(DatabaseTarget target, TimeProvider clock)
{
    /// <summary>The name, among the service keys, of the identity of the data; on SQLite that of the journal, too.</summary>
    public const string DatabaseIdName = "journal_id";

    /// <summary>The name, among the service keys, of the newest position that was trimmed from the journal: eight bytes, the highest first, so that they compare as numbers do.</summary>
    public const string TrimmedName = "journal_trimmed";

    /// <summary>Any number, as long as every version of the service takes the same one.</summary>
    private const long AdvisoryLock = 0x4e6575726f4c6162;

    private const string NoLockTimeout = "-c lock_timeout=0";

    /// <summary>A statement that looks whether there is something to do: a server that does not answer is given up soon, and tried again.</summary>
    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(10);

    /// <summary>A statement that changes the schema: it waits for those who read and write, however long they take, and then for every row.</summary>
    private static readonly TimeSpan ChangeTimeout = TimeSpan.FromHours(1);

    private static readonly TimeSpan FileLockRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FileLockPatience = TimeSpan.FromMinutes(5);

    /// <summary>Brings the schema up to date. What is there stays.</summary>
    /// <param name="upTo">Stop after this migration; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task MigrateAsync(string? upTo, CancellationToken cancellationToken) =>
        target.IsPostgres ? MigratePostgresAsync(upTo, cancellationToken) : MigrateSqliteAsync(upTo, cancellationToken);

    private async Task MigratePostgresAsync(string? upTo, CancellationToken cancellationToken)
    {
        // A session of its own holds the lock: it goes with the session, however that ends. Waiting is bounded: who waits longer comes back later.
        var text = new NpgsqlConnectionStringBuilder(target.ConnectionString) { Pooling = false, CommandTimeout = 60, TcpKeepAlive = true, Options = NoLockTimeout };
        await using var source = DatabaseTarget.Named(text.ConnectionString, "neurolab-migration");
        await using var holder = source.CreateConnection();
        await holder.OpenAsync(cancellationToken);
        await using var take = new NpgsqlCommand("SELECT pg_advisory_lock(@key)", holder) { Parameters = { new("key", AdvisoryLock) } };
        await take.ExecuteNonQueryAsync(cancellationToken);
        var builder = new DbContextOptionsBuilder<PostgresMigrationContext>();
        target.Configure(builder);
        await using var context = new PostgresMigrationContext(builder.Options);
        context.Database.SetCommandTimeout(LookTimeout);
        await context.Database.OpenConnectionAsync(cancellationToken);
        if (upTo is not null || (await context.Database.GetPendingMigrationsAsync(cancellationToken)).Any())
        {
            context.Database.SetCommandTimeout(ChangeTimeout);
            await ExecuteAsync(context, "SET lock_timeout = 0", cancellationToken);
            await context.Database.MigrateAsync(upTo, cancellationToken);
            context.Database.SetCommandTimeout(LookTimeout);
        }

        if (upTo is null)
        {
            await EnsureJournalAsync(context, cancellationToken);
        }
    }

    private async Task MigrateSqliteAsync(string? upTo, CancellationToken cancellationToken)
    {
        await using var held = await LockFileAsync(target.File + ".migrating", cancellationToken);
        var builder = new DbContextOptionsBuilder<SqliteMigrationContext>();
        target.Configure(builder);
        await using var context = new SqliteMigrationContext(builder.Options);
        await context.Database.OpenConnectionAsync(cancellationToken);
        await ExecuteAsync(context, "PRAGMA journal_mode = WAL", cancellationToken);
        if (await context.Database.SqlQuery<int>($"SELECT COUNT(*) AS \"Value\" FROM sqlite_master WHERE name = '__EFMigrationsLock'").SingleAsync(cancellationToken) > 0)
        {
            // We hold the file lock, so whoever left this row is gone.
            await ExecuteAsync(context, "DELETE FROM \"__EFMigrationsLock\"", cancellationToken);
        }

        await context.Database.MigrateAsync(upTo, cancellationToken);
        if (upTo is null)
        {
            await EnsureJournalAsync(context, cancellationToken);
        }
    }

    private static async Task ExecuteAsync(NeuroLabDbContext context, string sql, CancellationToken cancellationToken)
    {
        await using var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Gives the data their identity; a new one, and the journal too, where the database was restored into a server whose transactions count from lower down.</summary>
    private async Task EnsureJournalAsync(NeuroLabDbContext context, CancellationToken cancellationToken)
    {
        var isFurtherOn = target.IsPostgres && await IsFurtherOnAsync(context, cancellationToken);
        if (!isFurtherOn && await context.ServiceKeys.AnyAsync(k => k.Name == DatabaseIdName, cancellationToken))
        {
            return;
        }

        context.Database.SetCommandTimeout(ChangeTimeout);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        if (isFurtherOn)
        {
            await context.Database.ExecuteSqlAsync(
                $"""
                SET LOCAL lock_timeout = 0;
                DELETE FROM public.cache_journal_id;
                DELETE FROM public.service_keys WHERE name IN ({DatabaseIdName}, {TrimmedName});
                DELETE FROM public.cache_journal WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())
                """,
                cancellationToken);
        }

        context.Add(new ServiceKey { Name = DatabaseIdName, Value = Guid.NewGuid().ToByteArray(), CreatedAt = clock.UtcNow() });
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Whether the journal was written by a server that had counted further than this one has.</summary>
    private static Task<bool> IsFurtherOnAsync(NeuroLabDbContext context, CancellationToken cancellationToken) => context.Database.SqlQuery<bool>(
        $"""
        SELECT COALESCE((SELECT xid FROM public.cache_journal ORDER BY xid DESC LIMIT 1) >= pg_snapshot_xmax(pg_current_snapshot()), FALSE)
            OR EXISTS (SELECT FROM public.service_keys WHERE name = {TrimmedName} AND value >= int8send(pg_snapshot_xmax(pg_current_snapshot())::text::bigint)) AS "Value"
        """).SingleAsync(cancellationToken);

    private async Task<FileStream> LockFileAsync(string path, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.Asynchronous);
            }
            catch (IOException) when (File.Exists(path) && clock.GetElapsedTime(started) < FileLockPatience)
            {
                await Task.Delay(FileLockRetry, clock, cancellationToken);
            }
        }
    }
}
