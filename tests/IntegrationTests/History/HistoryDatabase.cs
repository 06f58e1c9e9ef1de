using System.Diagnostics;
using NeuroLab.Infrastructure.Persistence;
using NeuroLab.IntegrationTests.Fixtures;
using Npgsql;

namespace NeuroLab.IntegrationTests.History;

/// <summary>
/// The registers in a database of their own. A trigger on the journal moves the version of every register that a record names, in the record's own
/// transaction, so every way that the product has to write a record is a write of data too. The command's text may ask the trigger to wait, once after the transaction has
/// drawn its id and once before it can commit: then transactions commit in another order than that of their ids.
/// </summary>
internal sealed class HistoryDatabase : IAsyncDisposable
{
    /// <summary>What the command's text begins with where it asks for waits.</summary>
    public const string HoldPrefix = "hold:";

    private static readonly string Schema = $$"""
        CREATE TABLE history_registers (id integer PRIMARY KEY, key text NOT NULL, tag text NOT NULL, version bigint NOT NULL DEFAULT 0) WITH (fillfactor = 20);
        CREATE TABLE history_effects (xid bigint NOT NULL, register integer NOT NULL, version bigint NOT NULL, is_purge boolean NOT NULL, number bigserial);
        CREATE TABLE history_loads (register integer NOT NULL, process integer NOT NULL, number serial);
        CREATE FUNCTION history_apply() RETURNS trigger LANGUAGE plpgsql AS $body$
        DECLARE holds boolean := NEW.command LIKE '{{HoldPrefix}}%';
        BEGIN
            IF holds THEN PERFORM pg_sleep(split_part(NEW.command, ':', 2)::float8 / 1000); END IF;
            PERFORM 1 FROM history_registers
                WHERE CASE NEW.target WHEN 'tag' THEN tag = NEW.pattern ELSE key LIKE translate(NEW.pattern, '*?', '%_') END ORDER BY id FOR UPDATE;
            WITH moved AS (
                UPDATE history_registers SET version = version + 1
                WHERE CASE NEW.target WHEN 'tag' THEN tag = NEW.pattern ELSE key LIKE translate(NEW.pattern, '*?', '%_') END RETURNING id, version)
            INSERT INTO history_effects (xid, register, version, is_purge) SELECT NEW.xid::text::bigint, id, version, NEW.is_purge FROM moved;
            IF holds THEN PERFORM pg_sleep(split_part(NEW.command, ':', 3)::float8 / 1000); END IF;
            RETURN NULL;
        END $body$;
        CREATE TRIGGER history_apply AFTER INSERT ON public.cache_journal FOR EACH ROW EXECUTE FUNCTION history_apply();
        """;

    private readonly string _connectionString;
    private readonly NpgsqlDataSource _source;
    private long _effectsSeen;

    private HistoryDatabase(string connectionString)
    {
        _connectionString = connectionString;
        _source = NpgsqlDataSource.Create(connectionString);
    }

    /// <summary>Makes a database with the product's tables, and the registers beside them.</summary>
    public static async Task<HistoryDatabase> CreateAsync(PostgresServer server)
    {
        var database = new HistoryDatabase(await server.CreateDatabaseAsync());
        using var target = DatabaseTarget.Postgres(database._connectionString, new DatabaseOptions(), []);
        await new SchemaMigrator(target, TimeProvider.System).MigrateAsync(null, CancellationToken.None);
        await database.MakeRegistersAsync();
        return database;
    }

    /// <summary>A node's own way in: a role of its own, so that it can be shut out alone.</summary>
    public async Task<string> ConnectionStringOfAsync(string node)
    {
        var role = RoleOf(node);
        await ExecuteAsync($"CREATE ROLE {role} SUPERUSER LOGIN");
        return new NpgsqlConnectionStringBuilder(_connectionString) { Username = role, Timeout = 15 }.ConnectionString;
    }

    /// <summary>Ends the connections of a node, and keeps it from making new ones until it is let in again.</summary>
    public Task ShutOutAsync(string node) =>
        ExecuteAsync($"ALTER ROLE {RoleOf(node)} NOLOGIN; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{RoleOf(node)}'");

    public Task LetInAsync(string node) => ExecuteAsync($"ALTER ROLE {RoleOf(node)} LOGIN");

    /// <summary>Ends the connections of a node; it may make new ones at once.</summary>
    public Task DisconnectAsync(string node) => ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{RoleOf(node)}'");

    /// <summary>Keeps everybody from reading and writing the journal for a while; the data can be read all the time.</summary>
    public Task LockJournalAsync(TimeSpan time) =>
        ExecuteAsync(FormattableString.Invariant($"BEGIN; LOCK TABLE public.cache_journal IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep({time.TotalSeconds}); COMMIT"));

    /// <summary>
    /// Looks at the registers again and again. What a look has seen was committed, for everybody to see, before the look's end: a bound of commit times that needs no other clock.
    /// </summary>
    public async Task ObserveAsync(Action<long, int, long> seen, CancellationToken cancellationToken)
    {
        await using var connection = await _source.OpenConnectionAsync(CancellationToken.None);
        await using var command = new NpgsqlCommand("SELECT id, version FROM history_registers", connection);
        await command.PrepareAsync(CancellationToken.None);
        var looks = new List<(int Register, long Version)>(Register.Count);
        while (!cancellationToken.IsCancellationRequested)
        {
            looks.Clear();
            await using (var reader = await command.ExecuteReaderAsync(CancellationToken.None))
            {
                while (await reader.ReadAsync(CancellationToken.None))
                {
                    looks.Add((reader.GetInt32(0), reader.GetInt64(1)));
                }
            }

            var now = Stopwatch.GetTimestamp();
            looks.ForEach(look => seen(now, look.Register, look.Version));
            await Task.Delay(10, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What each committed write did, since this was last asked. (Numbers do not come in order either: it looks back a little.)</summary>
    public async Task<List<(long Token, int Register, long Version, bool Purge)>> EffectsAsync()
    {
        var effects = new List<(long, int, long, bool)>();
        await using var command = _source.CreateCommand("SELECT xid, register, version, is_purge, number FROM history_effects WHERE number > $1");
        command.Parameters.AddWithValue(_effectsSeen - 10_000);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            effects.Add((reader.GetInt64(0), reader.GetInt32(1), reader.GetInt64(2), reader.GetBoolean(3)));
            _effectsSeen = Math.Max(_effectsSeen, reader.GetInt64(4));
        }

        return effects;
    }

    /// <summary>The processes that began a load of a register, in the order in which they did.</summary>
    public async Task<List<int>> LoadsAsync(int register)
    {
        var loads = new List<int>();
        await using var command = _source.CreateCommand("SELECT process FROM history_loads WHERE register = $1 ORDER BY number");
        command.Parameters.AddWithValue(register);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            loads.Add(reader.GetInt32(0));
        }

        return loads;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task MakeRegistersAsync()
    {
        await ExecuteAsync(Schema);
        await using var insert = _source.CreateCommand("INSERT INTO history_registers (id, key, tag) SELECT * FROM unnest($1, $2, $3)");
        var all = Enumerable.Range(0, Register.Count).ToArray();
        insert.Parameters.AddWithValue(all);
        insert.Parameters.AddWithValue(all.Select(register => Register.Key(register).Value).ToArray());
        insert.Parameters.AddWithValue(all.Select(Register.Tag).ToArray());
        await insert.ExecuteNonQueryAsync();
    }

    /// <summary>Roles are of the whole server: each database has its own.</summary>
    private string RoleOf(string node) => $"{new NpgsqlConnectionStringBuilder(_connectionString).Database}_{node}";

    private async Task ExecuteAsync(string sql)
    {
#pragma warning disable CA2100 // Names are made here.
        await using var connection = await _source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 60 };
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
