using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Infrastructure.Persistence;
using Npgsql;

namespace NeuroLab.IntegrationTests.Persistence;

/// <summary>The persistence of one node, or more of it, as it is registered by the product, on a database of its own.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private readonly string? _directory;

    private TestDatabase(IReadOnlyDictionary<string, string?> settings, string? directory, Action<IServiceCollection, IConfiguration>? compose = null)
    {
        _directory = directory;
        Settings = settings;
        var services = new ServiceCollection().AddLogging().AddSingleton<IInterceptor>(Commands);
        (compose ?? ComposePersistence)(services, new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        Services = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }

    public IReadOnlyDictionary<string, string?> Settings { get; }

    public ServiceProvider Services { get; }

    public CommandLog Commands { get; } = new();

    public Database Database => Get<Database>();

    public IInvalidationJournal Journal => Get<IInvalidationJournal>();

    public static TestDatabase Sqlite(params (string Name, string Value)[] settings)
    {
        var directory = NewDirectory();
        return new TestDatabase(With(settings, ("DATA_DIR", directory)), directory);
    }

    public static TestDatabase Postgres(string connectionString, params (string Name, string Value)[] settings) =>
        new(With(settings, ("ConnectionStrings:Postgres", connectionString)), null);

    /// <summary>More of a node than its persistence.</summary>
    /// <param name="compose">Registers it, persistence included.</param>
    /// <param name="connectionString">Of PostgreSQL; null: on SQLite.</param>
    public static TestDatabase Composed(Action<IServiceCollection, IConfiguration> compose, string? connectionString)
    {
        var directory = NewDirectory();
        return new TestDatabase(With([("ConnectionStrings:Postgres", connectionString ?? "")], ("DATA_DIR", directory)), directory, compose);
    }

    /// <summary>Another node on the same database.</summary>
    public TestDatabase AnotherNode(params (string Name, string Value)[] settings) =>
        new(Settings.Concat(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))).ToDictionary(), null);

    public async Task<TestDatabase> ReadyAsync()
    {
        await Get<DatabaseInitializer>().InitializeAsync(CancellationToken.None);
        return this;
    }

    public T Get<T>()
        where T : notnull =>
        Services.GetRequiredService<T>();

    /// <summary>Runs one command's worth of work in a scope of its own, and commits.</summary>
    public async Task<long?> CommitAsync(Func<IServiceProvider, Task> work, params Invalidation[] invalidations)
    {
        await using var scope = Services.CreateAsyncScope();
        await work(scope.ServiceProvider);
        return await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(invalidations, "test", CancellationToken.None);
    }

    /// <inheritdoc cref="CommitAsync(Func{IServiceProvider, Task}, Invalidation[])" />
    public Task<long?> CommitAsync(Action<IServiceProvider> work, params Invalidation[] invalidations) => CommitAsync(
        services =>
        {
            work(services);
            return Task.CompletedTask;
        },
        invalidations);

    public async Task<DbConnection> OpenAsync()
    {
        DbConnection connection = Database.Target.IsPostgres ? new NpgsqlConnection(Database.Target.ConnectionString) : new SqliteConnection(Database.Target.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

#pragma warning disable CA2100 // The tests' own statements.
    public async Task<List<string>> QueryAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        // For what a test prepares, on a busy machine.
        command.CommandTimeout = 120;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(string.Join(" | ", Enumerable.Range(0, reader.FieldCount).Select(i => Convert.ToString(reader.GetValue(i), System.Globalization.CultureInfo.InvariantCulture))));
        }

        return rows;
    }
#pragma warning restore CA2100

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        if (_directory is not null && Directory.Exists(_directory))
        {
            SqliteConnection.ClearAllPools();
            Directory.Delete(_directory, recursive: true);
        }
    }

    private static void ComposePersistence(IServiceCollection services, IConfiguration configuration) => services.AddPersistence(configuration);

    private static string NewDirectory() => Path.Combine(Path.GetTempPath(), $"neurolab-test-{Guid.NewGuid():N}");

    private static Dictionary<string, string?> With((string Name, string Value)[] settings, (string Name, string Value) first) =>
        settings.Prepend(first).ToDictionary(s => s.Name, s => (string?)s.Value);
}

/// <summary>Every statement that EF Core sends.</summary>
internal sealed class CommandLog : DbCommandInterceptor, IDbTransactionInterceptor
{
    private readonly List<(string Text, IReadOnlyList<DbParameter> Parameters)> _all = [];
    private int _transactions;

    public IReadOnlyList<(string Text, IReadOnlyList<DbParameter> Parameters)> All
    {
        get
        {
            lock (_all)
            {
                return [.. _all];
            }
        }
    }

    /// <summary>Transactions that were begun, each of which is committed by a statement of its own.</summary>
    public int Transactions => Volatile.Read(ref _transactions);

    public IEnumerable<string> Texts => All.Select(command => command.Text);

    public void Clear()
    {
        lock (_all)
        {
            _all.Clear();
            _transactions = 0;
        }
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Note(command);
        return ValueTask.FromResult(result);
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Note(command);
        return ValueTask.FromResult(result);
    }

    public override ValueTask<InterceptionResult<object>> ScalarExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<object> result, CancellationToken cancellationToken = default)
    {
        Note(command);
        return ValueTask.FromResult(result);
    }

    public ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
        DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _transactions);
        return ValueTask.FromResult(result);
    }

    public override InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
    {
        Note(command);
        return result;
    }

    public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
    {
        Note(command);
        return result;
    }

    public override InterceptionResult<object> ScalarExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<object> result)
    {
        Note(command);
        return result;
    }

    private void Note(DbCommand command)
    {
        lock (_all)
        {
            _all.Add((command.CommandText, [.. command.Parameters.Cast<DbParameter>()]));
        }
    }
}
