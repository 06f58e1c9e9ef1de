using System.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace NeuroLab.Infrastructure.Persistence;

/// <summary>Makes several statements see the database as it stood at one moment.</summary>
internal static class Snapshot
{
    /// <summary>
    /// Begins it: repeatable read on PostgreSQL, a deferred transaction on SQLite (where asking for repeatable read would take the write lock).
    /// Nothing is written in it: disposing ends it.
    /// </summary>
    public static async Task<IDbContextTransaction> BeginAsync(NeuroLabDbContext context, CancellationToken cancellationToken)
    {
        if (context.Database.IsNpgsql())
        {
            return await context.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        }

        await context.Database.OpenConnectionAsync(cancellationToken);
        var transaction = ((SqliteConnection)context.Database.GetDbConnection()).BeginTransaction(deferred: true);
        return (await context.Database.UseTransactionAsync(transaction, cancellationToken))!;
    }
}
