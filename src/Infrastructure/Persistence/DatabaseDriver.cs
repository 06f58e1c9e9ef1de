namespace NeuroLab.Infrastructure.Persistence;

/// <summary>
/// The port behind which the database's driver begins: every call that is made of the service's own passes it, the questions whether the database is back among them. What fails here is to the
/// breaker, the retries and the health answers what a failing database is. Thread-safe.
/// </summary>
internal interface IDatabaseDriver
{
    /// <summary>Begins a call, without blocking the thread that asks for it.</summary>
    /// <param name="call">The call.</param>
    /// <param name="stop">Tells the call to stop.</param>
    /// <returns>Ends when the driver has done with the call, whoever still waits for it.</returns>
    Task<T> StartAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken stop);
}

/// <inheritdoc />
internal sealed class DatabaseDriver(DatabaseTarget target) : IDatabaseDriver
{
    // The SQLite driver works on the thread that calls it.
    public Task<T> StartAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken stop) =>
        target.IsPostgres ? call(stop) : Task.Run(() => call(stop), CancellationToken.None);
}
