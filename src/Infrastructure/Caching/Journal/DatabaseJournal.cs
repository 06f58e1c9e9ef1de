using System.Buffers.Binary;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Accounts;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Persistence;
using NeuroLab.Infrastructure.Persistence.Model;
using Npgsql;

namespace NeuroLab.Infrastructure.Caching.Journal;

/// <summary>
/// The journal in the database itself. On PostgreSQL a record's position is the transaction that wrote it, and a reader's position the oldest
/// transaction still running as it read: commits do not happen in the order in which numbers are drawn, so a reader that asked for "later than the
/// last one I saw" would lose records; this one sees some twice. A server that crashes may give numbers of transactions again that it gave shortly before, and so does a replica that takes
/// its place: there the journal's identity lies in a table that is empty afterwards. On SQLite, where one writes at a time, the position is the record's number.
/// A read is one statement, so records and position are of one snapshot. Thread-safe.
/// </summary>
internal sealed class DatabaseJournal(Database database, IOptions<DatabaseOptions> options, TimeProvider clock) : IInvalidationJournal
{
    private const int TrimBatch = 5000;

    private bool _hasMetStandby;

    // The newest records, as many as one reading takes, and every deletion of an account besides: signed-in users are judged by those.
    private const string PostgresRead = $"""
        SELECT pg_snapshot_xmin(pg_current_snapshot()), (SELECT id FROM public.cache_journal_id WHERE made_in = 'public.cache_journal_id'::regclass),
               j.xid, j.target, j.pattern, j.is_purge, j.command, j.created_at, j.extra, (SELECT value FROM public.service_keys WHERE name = '{SchemaMigrator.TrimmedName}'),
               (SELECT value FROM public.service_keys WHERE name = '{SchemaMigrator.DatabaseIdName}')
        FROM (SELECT 1) AS one LEFT JOIN (
            SELECT * FROM (SELECT xid, target, pattern, is_purge, command, created_at, FALSE AS extra
                           FROM public.cache_journal WHERE xid >= @since ORDER BY xid DESC LIMIT @most) AS newest
            UNION ALL
            SELECT xid, target, pattern, is_purge, command, created_at, TRUE FROM public.cache_journal WHERE xid >= @since AND command = '{nameof(DeleteAccount)}'
        ) AS j ON TRUE
        """;

    private const string SqliteRead = $"""
        SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'cache_journal'), 0) + 1, (SELECT value FROM service_keys WHERE name = '{SchemaMigrator.DatabaseIdName}'),
               j.id, j.target, j.pattern, j.is_purge, j.command, j.created_at, j.extra, (SELECT value FROM service_keys WHERE name = '{SchemaMigrator.TrimmedName}')
        FROM (SELECT 1) AS one LEFT JOIN (
            SELECT * FROM (SELECT id, target, pattern, is_purge, command, created_at, FALSE AS extra
                           FROM cache_journal WHERE id >= @since ORDER BY id DESC LIMIT @most) AS newest
            UNION ALL
            SELECT id, target, pattern, is_purge, command, created_at, TRUE FROM cache_journal WHERE id >= @since AND command = '{nameof(DeleteAccount)}'
        ) AS j ON TRUE
        """;

    private const string Identify = """
        INSERT INTO public.cache_journal_id AS known (id, made_in) VALUES (@id, 'public.cache_journal_id'::regclass)
        ON CONFLICT (is_only) DO UPDATE SET id = excluded.id, made_in = excluded.made_in WHERE known.made_in <> excluded.made_in OR @anew
        """;

    public Task<JournalReading> ReadAsync(long since, CancellationToken cancellationToken) => database.CallAsync(
        async token =>
        {
            await using DbConnection connection = database.Target.Source is { } source ? source.CreateConnection() : new SqliteConnection(database.Target.ConnectionString);
            await connection.OpenAsync(token);
            await using var command = connection.CreateCommand();
            command.CommandTimeout = Math.Max(1, (int)Math.Ceiling(options.Value.JournalTimeout.TotalSeconds));
            if (database.Target.IsPostgres)
            {
                command.CommandText = PostgresRead;
                command.Parameters.Add(new NpgsqlParameter("since", NpgsqlTypes.NpgsqlDbType.Xid8) { Value = (ulong)Math.Max(0, since) });
                command.Parameters.Add(new NpgsqlParameter<int>("most", options.Value.JournalMaxRecords));
            }
            else
            {
                command.CommandText = SqliteRead;
                command.Parameters.Add(new SqliteParameter("since", since));
                command.Parameters.Add(new SqliteParameter("most", options.Value.JournalMaxRecords));
            }

            var reading = await ReadAllAsync(command, token);
            var anew = Volatile.Read(ref _hasMetStandby);
            if (reading is not null && !anew)
            {
                return reading;
            }

            if (connection is NpgsqlConnection server)
            {
                // The first reading since the server has emptied the table, or the table came out of a dump; or since a standby was met, and what was loaded there must not be believed, by any node.
                await using var identify = new NpgsqlCommand(Identify, server) { CommandTimeout = command.CommandTimeout, Parameters = { new NpgsqlParameter<Guid>("id", Guid.NewGuid()), new NpgsqlParameter<bool>("anew", anew) } };
                await identify.ExecuteNonQueryAsync(token);
                Volatile.Write(ref _hasMetStandby, false);
            }

            return await ReadAllAsync(command, token) ?? throw new InvalidOperationException("The journal has no identity.");
        },
        retried: false,
        options.Value.JournalTimeout,
        cancellationToken);

    public Task<long> AppendAsync(IReadOnlyList<Invalidation> invalidations, string command, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(invalidations.Count);
        cancellationToken.ThrowIfCancellationRequested();
        var now = clock.UtcNow();
        var rows = invalidations.Select(invalidation => new JournalRow(invalidation, command, now)).ToList();
        return database.WriteAsync(
            async (context, token) =>
            {
                context.AddRange(rows);
                await context.SaveChangesAsync(token);
                return rows.Max(row => row.Position);
            },
            null,
            // Once it is sent it may have happened: the caller's token counts no more.
            CancellationToken.None);
    }

    public Task<int> TrimAsync(DateTime olderThan, CancellationToken cancellationToken) =>
        database.DeleteInBatchesAsync(TrimBatch, (context, token) => TrimBatchAsync(context, olderThan, token), cancellationToken);

    public Task<long> CountAsync(CancellationToken cancellationToken) => database.ReadAsync(
        // As many as are counted are looked at, however many there are.
        (context, token) => context.Journal.AsNoTracking().OrderBy(row => row.Id).Take(IInvalidationJournal.MostCounted).LongCountAsync(token),
        cancellationToken);

    private async Task<int> TrimBatchAsync(NeuroLabDbContext context, DateTime olderThan, CancellationToken cancellationToken)
    {
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var oldest = await context.Journal.AsNoTracking().Where(r => r.CreatedAt < olderThan).OrderBy(r => r.CreatedAt).Take(TrimBatch).ToListAsync(cancellationToken);
        if (oldest.Count == 0)
        {
            return 0;
        }

        // Records are dated by the clocks of those who wrote them, which may be wrong by any time: one may be deleted that a node has not read.
        // So it is noted up to where they are gone, and a reader takes what was leased before for overtaken.
        var trimmed = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(trimmed, oldest.Max(r => r.Position));
        await context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO service_keys (name, value, created_at) VALUES ({SchemaMigrator.TrimmedName}, {trimmed}, {clock.UtcNow()})
            ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE service_keys.value < excluded.value
            """,
            cancellationToken);
        var ids = oldest.Select(r => r.Id).ToList();
        var deleted = await context.Journal.Where(r => ids.Contains(r.Id)).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return deleted;
    }

    /// <returns>What was read; null where the journal has no identity.</returns>
    private async Task<JournalReading?> ReadAllAsync(DbCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await ExecuteAsync(command, cancellationToken);
        List<JournalRecord> records = [], deletions = [];
        var (position, journal, data, floor) = (0L, Guid.Empty, Guid.Empty, 0L);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (position == 0)
            {
                if (await reader.IsDBNullAsync(1, cancellationToken))
                {
                    return null;
                }

                position = Position(reader, 0);
                journal = database.Target.IsPostgres ? reader.GetGuid(1) : Identity(reader, 1);
                data = database.Target.IsPostgres ? Identity(reader, 10) : journal;
                floor = reader.GetValue(9) is byte[] trimmed ? BinaryPrimitives.ReadInt64BigEndian(trimmed) + 1 : 0;
            }

            if (!await reader.IsDBNullAsync(2, cancellationToken))
            {
                var target = SnakeCaseEnumConverter<InvalidationTarget>.Names.FromText(reader.GetString(3));
                (reader.GetBoolean(8) ? deletions : records).Add(new JournalRecord(
                    Position(reader, 2),
                    new Invalidation(target, reader.GetString(4), reader.GetBoolean(5)),
                    reader.GetString(6),
                    DateTime.SpecifyKind(reader.GetDateTime(7), DateTimeKind.Utc)));
            }
        }

        var reading = new JournalReading(records, position, journal, floor) { DatabaseId = data };
        if (records.Count < options.Value.JournalMaxRecords)
        {
            return reading;
        }

        // There may be more, older ones: what was leased up to the oldest at hand cannot be judged.
        var oldest = records.Min(record => record.Position);
        return reading with { Records = [.. records, .. deletions.Where(record => record.Position < oldest)], Floor = Math.Max(floor, oldest + 1), IsWhole = false };
    }

    private async Task<DbDataReader> ExecuteAsync(DbCommand command, CancellationToken cancellationToken)
    {
        try
        {
            return await command.ExecuteReaderAsync(cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.FeatureNotSupported)
        {
            // A standby has no unlogged tables, and its sessions are refused: a pooler between has changed servers under this one, and may have under others.
            Volatile.Write(ref _hasMetStandby, true);
            database.Target.ForgetConnections();
            throw new StandbyException();
        }
    }

    private static Guid Identity(DbDataReader reader, int column) => new((byte[])reader.GetValue(column));

    private long Position(DbDataReader reader, int column) =>
        database.Target.IsPostgres ? checked((long)reader.GetFieldValue<ulong>(column)) : reader.GetInt64(column);
}
