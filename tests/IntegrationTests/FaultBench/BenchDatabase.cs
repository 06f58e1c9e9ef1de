using NeuroLab.Domain.Experiments;
using NeuroLab.IntegrationTests.Fixtures;
using Npgsql;

namespace NeuroLab.IntegrationTests.FaultBench;

/// <summary>The database of a fleet, seen past the service: what is really committed, and how busy it is. Thread-safe.</summary>
internal sealed class BenchDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;

    private BenchDatabase(string connectionString)
    {
        ConnectionString = connectionString;
        // No pool: what is in it may have died with the server. As patient as what it looks at.
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "bench", Timeout = 30, CommandTimeout = 30, Pooling = false });
    }

    public string ConnectionString { get; }

    public static async Task<BenchDatabase> CreateAsync(PostgresServer server) => new(await server.CreateDatabaseAsync());

    /// <summary>Adds accounts that nobody has to sign in to, with experiments: some have up to seven more, so that the totals of one are seldom those of another.</summary>
    public async Task<IReadOnlyList<BenchUser>> AddUsersAsync(int count, int experimentsEach)
    {
        var users = Enumerable.Range(0, count).Select(number => new BenchUser(number)).ToList();
        await using var connection = await _source.OpenConnectionAsync();
        await using (var writer = await connection.BeginBinaryImportAsync("COPY public.users (id, email, normalized_email, username, password_hash, is_admin, created_at) FROM STDIN (FORMAT BINARY)"))
        {
            foreach (var user in users)
            {
                await writer.WriteRowAsync(default, user.Id, user.Email, user.Email.ToUpperInvariant(), user.Name, "none", false, TimeProvider.System.GetUtcNow().UtcDateTime);
            }

            await writer.CompleteAsync();
        }

        await using (var writer = await connection.BeginBinaryImportAsync("COPY public.experiments (id, user_id, name, experiment_type, status, parameters, created_at, updated_at) FROM STDIN (FORMAT BINARY)"))
        {
            foreach (var user in users)
            {
                for (var i = 0; i < experimentsEach + (user.Number % 8); i++)
                {
                    var (id, now) = (Guid.CreateVersion7(), TimeProvider.System.GetUtcNow().UtcDateTime);
                    await writer.StartRowAsync();
                    await writer.WriteAsync(id);
                    await writer.WriteAsync(user.Id);
                    await writer.WriteAsync(user.NewName());
                    await writer.WriteAsync(ExperimentNames.Types[2]);
                    await writer.WriteAsync("completed");
                    await writer.WriteAsync("""{"type":"memory","itemsCount":10,"testType":"visual"}""", NpgsqlTypes.NpgsqlDbType.Jsonb);
                    await writer.WriteAsync(now);
                    await writer.WriteAsync(now);
                    user.Ledger.AddSettled(id);
                }
            }

            await writer.CompleteAsync();
        }

        return users;
    }

    /// <summary>The ids and names of every experiment that is there.</summary>
    public async Task<Dictionary<Guid, string>> ExperimentsAsync()
    {
        var names = new Dictionary<Guid, string>();
        await using var command = _source.CreateCommand("SELECT id, name FROM public.experiments");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            names.Add(reader.GetGuid(0), reader.GetString(1));
        }

        return names;
    }

    /// <summary>How many experiments a user has.</summary>
    public async Task<int> CountAsync(Guid user) => (int)(long)(await ScalarAsync("SELECT count(*) FROM public.experiments WHERE user_id = $1", user))!;

    /// <summary>How many loads are under way in all nodes' connections: statements that are executed, and transactions between two of them; those of the journal, by which nodes find each other, and with which a connection begins, aside.</summary>
    public async Task<int> ActiveAsync() => (int)(long)(await ScalarAsync(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'node%' AND state <> 'idle' AND query NOT LIKE '%cache_journal%' AND query NOT LIKE '%public.cache_nodes%' AND query NOT LIKE '%pg_is_in_recovery%'"))!;

    /// <summary>How many connections a node has.</summary>
    public async Task<int> ConnectionsAsync(string node) =>
        (int)(long)(await ScalarAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1", node))!;

    /// <summary>Opens a transaction that has written and is not ended: until it is disposed it holds the journal's position back.</summary>
    public async Task<IAsyncDisposable> OpenWriteAsync()
    {
        var connection = await _source.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "BEGIN; INSERT INTO public.service_keys (name, value, created_at) VALUES ('bench', '', now())";
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task<object?> ScalarAsync(string sql, params object[] parameters)
    {
#pragma warning disable CA2100 // The texts are those above.
        await using var command = _source.CreateCommand(sql);
#pragma warning restore CA2100
        foreach (var parameter in parameters)
        {
            command.Parameters.AddWithValue(parameter);
        }

        return await command.ExecuteScalarAsync();
    }
}
