using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Configuration;
using NeuroLab.Infrastructure.Configuration;
using Npgsql;

namespace NeuroLab.Infrastructure.Persistence;

/// <summary>
/// Which database, and how to connect to it. With <c>ConnectionStrings:Postgres</c> PostgreSQL, else the file <c>neurolab.db</c> in the data folder.
/// Thread-safe; holds the pool.
/// </summary>
internal sealed class DatabaseTarget : IDisposable
{
    /// <summary>
    /// PostgreSQL: <c>Host=...;Database=...;Username=...;Password=...</c>. Without it SQLite in <c>DATA_DIR</c>, for one node. A standby is not served from: name one address that follows the primary. Sessions are opened with the option
    /// <c>lock_timeout</c>: behind PgBouncer list <c>options</c> in its <c>ignore_startup_parameters</c>, or set <c>Options</c> here.
    /// </summary>
    [Setting(SettingGroup.Service, IsSecret = true)]
    public const string PostgresName = "ConnectionStrings:Postgres";

    /// <summary>How many statements go to PostgreSQL together at most; more are several batches.</summary>
    internal const int MostInBatch = 200;

    private const int DefaultPoolSize = 40;
    private const string Sample = "Host=db.internal;Database=neurolab;Username=neurolab;Password=PASSWORD";

    private static readonly string NotAConnectionString = SettingText.Wrong(
        PostgresName, "cannot be read", "a connection string of PostgreSQL", Sample);

    private static readonly string NotToBeUsed = SettingText.Wrong(
        PostgresName, "names no host, or has options that contradict each other", $"a connection string with a Host, whose Minimum Pool Size is at most its Maximum Pool Size ({DefaultPoolSize} where it names none)",
        Sample);

    private readonly IReadOnlyList<IInterceptor> _interceptors;
    private readonly NpgsqlDataSource? _probes;
    private readonly TimeSpan _commandTimeout;

    private DatabaseTarget(string connectionString, NpgsqlDataSource? source, NpgsqlDataSource? probes, DatabaseOptions options, IEnumerable<IInterceptor> interceptors)
    {
        (ConnectionString, Source, _probes, _commandTimeout) = (connectionString, source, probes, options.AttemptTimeout);
        _interceptors = source is null ? [new SqlitePragmas(options.LockTimeout), .. interceptors] : [.. interceptors];
    }

    /// <summary>Whether it is PostgreSQL; else it is SQLite.</summary>
    public bool IsPostgres => Source is not null;

    /// <summary>The provider's name, for health answers.</summary>
    public string Provider => IsPostgres ? "postgresql" : "sqlite";

    /// <summary>The file of an SQLite database.</summary>
    public string? File => IsPostgres ? null : new SqliteConnectionStringBuilder(ConnectionString).DataSource;

    /// <summary>The full connection string.</summary>
    public string ConnectionString { get; }

    /// <summary>The pool of PostgreSQL; null for SQLite.</summary>
    public NpgsqlDataSource? Source { get; }

    /// <summary>Reads the configuration.</summary>
    public static DatabaseTarget From(IConfiguration configuration, DataDirectory directory, DatabaseOptions options, IEnumerable<IInterceptor> interceptors)
    {
        var postgres = configuration[PostgresName];
        return string.IsNullOrWhiteSpace(postgres)
            ? Sqlite(Path.Combine(directory.FullPath, "neurolab.db"), options, interceptors)
            : Postgres(postgres, options, interceptors);
    }

    /// <summary>A SQLite file.</summary>
    public static DatabaseTarget Sqlite(string file, DatabaseOptions options, IEnumerable<IInterceptor> interceptors)
    {
        var text = new SqliteConnectionStringBuilder { DataSource = file, ForeignKeys = true, DefaultTimeout = Math.Max(1, (int)options.LockTimeout.TotalSeconds) };
        return new DatabaseTarget(text.ConnectionString, null, null, options, interceptors);
    }

    /// <summary>A PostgreSQL server. What the connection string does not say is filled in so that a server in trouble is noticed soon.</summary>
    /// <exception cref="InvalidOperationException">The connection string cannot be understood.</exception>
    public static DatabaseTarget Postgres(string connectionString, DatabaseOptions options, IEnumerable<IInterceptor> interceptors)
    {
        var text = Parse(connectionString)
            // Without the cause: its text may hold the password.
            ?? throw new InvalidOperationException(NotAConnectionString);

        Default("Timeout", () => text.Timeout = 3);
        Default("Command Timeout", () => text.CommandTimeout = WholeSeconds(options.AttemptTimeout));
        // Who waits for a lock is told so in time: a call that runs out of its own time would look as if the server were in trouble.
        Default("Options", () => text.Options = string.Create(CultureInfo.InvariantCulture, $"-c lock_timeout={Math.Max(1, options.LockTimeout.TotalMilliseconds):0}"));
        Default("Cancellation Timeout", () => text.CancellationTimeout = 500);
        Default("Maximum Pool Size", () => text.MaxPoolSize = DefaultPoolSize);
        Default("Application Name", () => text.ApplicationName = "neurolab");
        // Asking for GSS costs a round trip more at each connection, and nearly no server speaks it.
        Default("GSS Encryption Mode", () => text.GssEncryptionMode = GssEncryptionMode.Disable);
        if (text.Host?.Contains(',', StringComparison.Ordinal) == true)
        {
            // A standby is refused.
            Default("Target Session Attributes", () => text.TargetSessionAttributes = "primary");
        }

        var probe = new NpgsqlConnectionStringBuilder(text.ConnectionString)
        {
            Pooling = false, Timeout = WholeSeconds(options.ProbeTimeout), CommandTimeout = WholeSeconds(options.ProbeTimeout), CancellationTimeout = -1,
        };
        return new DatabaseTarget(text.ConnectionString, Named(text.ConnectionString, "neurolab"), Named(probe.ConnectionString, "neurolab-probe"), options, interceptors);

        void Default(string keyword, Action set)
        {
            if (!text.ShouldSerialize(keyword))
            {
                set();
            }
        }
    }

    /// <summary>What is wrong with the settings, a sentence each.</summary>
    public static IEnumerable<string> Failures(IConfiguration configuration)
    {
        var text = configuration[PostgresName];
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }

        if (Parse(text) is null)
        {
            return [NotAConnectionString];
        }

        try
        {
            // The driver looks at what belongs together when the pool is made. Nothing is connected.
            Postgres(text, new DatabaseOptions(), []).Dispose();
            return [];
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException or InvalidOperationException)
        {
            return [NotToBeUsed];
        }
    }

    /// <summary>Sets up a context for this database.</summary>
    public void Configure(DbContextOptionsBuilder builder)
    {
        if (Source is null)
        {
            builder.UseSqlite(ConnectionString);
        }
        else
        {
            builder.UseNpgsql(Source, o => o
                .CommandTimeout(WholeSeconds(_commandTimeout))
                .MinBatchSize(1)
                .MaxBatchSize(MostInBatch)
                .MigrationsHistoryTable(HistoryRepository.DefaultTableName, "public"));
        }

        // A failed call is reported, once, by who made it.
        builder.ConfigureWarnings(w => w.Ignore(CoreEventId.QueryIterationFailed, CoreEventId.SaveChangesFailed, CoreEventId.OptimisticConcurrencyException,
            RelationalEventId.CommandError, RelationalEventId.ConnectionError, RelationalEventId.PendingModelChangesWarning));
        builder.AddInterceptors(_interceptors);
    }

    /// <summary>Runs a trivial statement on a connection of its own. Not bounded in time by itself.</summary>
    public async Task PingAsync(CancellationToken cancellationToken)
    {
        if (_probes is null)
        {
            await using var file = new SqliteConnection(ConnectionString);
            await SelectOneAsync(file, cancellationToken);
            return;
        }

        await using var server = _probes.CreateConnection();
        await SelectOneAsync(server, cancellationToken);
    }

    /// <summary>Closes idle pooled connections: after an outage they are dead.</summary>
    public void ForgetConnections() => Source?.Clear();

    /// <inheritdoc />
    public void Dispose()
    {
        if (Source is null)
        {
            using var connection = new SqliteConnection(ConnectionString);
            SqliteConnection.ClearPool(connection);
        }

        Source?.Dispose();
        _probes?.Dispose();
    }

    /// <summary>A source of connections with a name of its own: the driver's measurements would name it by its connection string.</summary>
    internal static NpgsqlDataSource Named(string connectionString, string name) =>
        new NpgsqlDataSourceBuilder(connectionString) { Name = name }.UsePhysicalConnectionInitializer(RefuseStandby, RefuseStandbyAsync).Build();

    /// <summary>
    /// A standby is behind by it does not know how much: what is loaded there would be called fresh, and kept, without writes that were acknowledged long ago. A server that is none does not become one
    /// without ending its sessions. It is asked, and not taken from what is told at the beginning of a session: a pooler tells what held for an earlier one.
    /// </summary>
    /// <exception cref="StandbyException">It is one.</exception>
    private static void RefuseStandby(NpgsqlConnection connection)
    {
        using var ask = Question(connection);
        ThrowIf((bool)ask.ExecuteScalar()!);
    }

    /// <inheritdoc cref="RefuseStandby" />
    private static async Task RefuseStandbyAsync(NpgsqlConnection connection)
    {
        await using var ask = Question(connection);
        ThrowIf((bool)(await ask.ExecuteScalarAsync())!);
    }

    /// <summary>It belongs to the opening, and has its bound.</summary>
    private static NpgsqlCommand Question(NpgsqlConnection connection) => new("SELECT pg_is_in_recovery()", connection) { CommandTimeout = connection.ConnectionTimeout };

    private static void ThrowIf(bool isStandby)
    {
        if (isStandby)
        {
            throw new StandbyException();
        }
    }

    private static NpgsqlConnectionStringBuilder? Parse(string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return null;
        }
    }

    private static async Task SelectOneAsync(System.Data.Common.DbConnection connection, CancellationToken cancellationToken)
    {
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT 1";
        await command.ExecuteScalarAsync(cancellationToken);
    }

    private static int WholeSeconds(TimeSpan time) => Math.Max(1, (int)Math.Ceiling(time.TotalSeconds));
}
