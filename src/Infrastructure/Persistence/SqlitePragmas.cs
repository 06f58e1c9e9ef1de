using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace NeuroLab.Infrastructure.Persistence;

/// <summary>
/// Lets SQLite wait for a lock by itself, in steps of milliseconds: the driver's own waiting sleeps 150 ms at a time.
/// (Foreign keys are a matter of the connection string, write-ahead logging of the file.)
/// </summary>
internal sealed class SqlitePragmas : DbConnectionInterceptor
{
    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Apply(connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Apply(connection);
        return Task.CompletedTask;
    }

    private static void Apply(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA busy_timeout = 3000";
        command.ExecuteNonQuery();
    }
}
