using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace NeuroLab.Infrastructure.Persistence;

/// <summary>
/// Makes the schema at start. With SQLite the start waits for it and fails with it. With PostgreSQL the start waits for a little while and goes on
/// without: it is tried again, in the background, until it succeeds, and until then every call is told that the database cannot be reached. Thread-safe.
/// </summary>
internal sealed partial class DatabaseInitializer(
    Database database, IOptions<DatabaseOptions> options, TimeProvider clock, ILogger<DatabaseInitializer> logger) : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _one = new(1, 1);
    private Task _trying = Task.CompletedTask;

    /// <summary>Makes the schema now, once; for the executable's own verbs.</summary>
    /// <exception cref="Exception">Whatever kept it from being made.</exception>
    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (database.Ready.IsCompleted)
            {
                return;
            }

            await new SchemaMigrator(database.Target, clock).MigrateAsync(null, cancellationToken);
            database.MarkReady();
            LogReady(database.Target.Provider);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc />
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (!database.Target.IsPostgres)
        {
            try
            {
                await InitializeAsync(cancellationToken);
            }
            catch (Exception e) when (e is Microsoft.Data.Sqlite.SqliteException or IOException or UnauthorizedAccessException)
            {
                throw new InvalidOperationException($"The database file {database.Target.File} in DATA_DIR cannot be opened or upgraded: the service must be able to write there, and the disk must have room.", e);
            }

            return;
        }

        _trying = Task.Run(TryUntilDoneAsync, CancellationToken.None);
        await _trying.WaitAsync(options.Value.StartupWait, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StoppingAsync(CancellationToken cancellationToken) => _stopping.CancelAsync();

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public void Dispose()
    {
        // The container calls this twice: the service is registered under two names. Cancelled, the source holds nothing that is left to dispose of.
        _stopping.Cancel();
    }

    private async Task TryUntilDoneAsync()
    {
        var stopping = _stopping.Token;
        for (var wait = FirstWait; !stopping.IsCancellationRequested; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            try
            {
                await InitializeAsync(stopping);
                return;
            }
#pragma warning disable CA1031 // Whatever it was, the service goes on trying: the operator reads why.
            catch (Exception e) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogNotReady(e.GetType().Name, (e as Npgsql.PostgresException)?.SqlState);
            }

            // Jitter: nodes that start together do not ask together.
#pragma warning disable CA5394 // Nothing is protected by it.
            await Task.Delay(wait * (0.5 + Random.Shared.NextDouble()), clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
#pragma warning restore CA5394
        }
    }

    [LoggerMessage(EventId = 2001, Level = LogLevel.Information, Message = "The {Provider} database is ready.")]
    private partial void LogReady(string provider);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Warning, Message = "The database cannot be prepared yet ({Failure} {SqlState}); trying again.")]
    private partial void LogNotReady(string failure, string? sqlState);
}
