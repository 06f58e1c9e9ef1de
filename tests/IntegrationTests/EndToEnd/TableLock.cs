using Npgsql;

namespace NeuroLab.IntegrationTests.EndToEnd;

/// <summary>A lock on a table of PostgreSQL, held until it is disposed of: who wants the table hangs in the middle of a statement for exactly as long.</summary>
internal sealed class TableLock : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private TableLock(NpgsqlConnection connection) => _connection = connection;

    /// <summary>Keeps everybody from reading and writing the table.</summary>
    public static Task<TableLock> OnReadsAsync(string connectionString, string table = "experiments") => HoldAsync(connectionString, table, "ACCESS EXCLUSIVE");

    /// <summary>Keeps everybody from writing the table.</summary>
    public static Task<TableLock> OnWritesAsync(string connectionString, string table = "experiments") => HoldAsync(connectionString, table, "SHARE");

    /// <summary>Waits until so many statements hang on it.</summary>
    public Task WaitForAsync(int statements) => Until.AsWantedAsync(WaitingAsync, waiting => waiting == statements, TimeSpan.FromSeconds(15));

    /// <summary>How many statements hang on it.</summary>
    public async Task<long> WaitingAsync()
    {
        await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())", _connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Lets them go on.</summary>
    public async ValueTask DisposeAsync() => await _connection.DisposeAsync();

    private static async Task<TableLock> HoldAsync(string connectionString, string table, string mode)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
#pragma warning disable CA2100 // The names are the tests' own.
        await using var take = new NpgsqlCommand($"BEGIN; LOCK TABLE public.{table} IN {mode} MODE", connection);
#pragma warning restore CA2100
        await take.ExecuteNonQueryAsync();
        return new TableLock(connection);
    }
}
