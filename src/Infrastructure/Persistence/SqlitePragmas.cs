using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace NeuroLab.Infrastructure.Persistence;

/// <summary>
/// Lets SQLite wait for a lock by itself, in steps of milliseconds: the driver's own waiting sleeps 150 ms at a time.
/// (Foreign keys are a matter of the connection string, write-ahead logging of the file.)
/// </summary>
/// <param name="patience">How long it waits.</param>
internal sealed class SqlitePragmas(TimeSpan patience) : DbConnectionInterceptor
{
    private readonly string _pragma = string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {patience.TotalMilliseconds:0}");

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Apply(connection);
        return Task.CompletedTask;
    }

    private void Apply(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = _pragma;
        command.ExecuteNonQuery();
    }
}
