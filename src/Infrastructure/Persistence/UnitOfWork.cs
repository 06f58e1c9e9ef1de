using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Persistence.Model;
using Npgsql;

namespace NeuroLab.Infrastructure.Persistence;

/// <summary>Commits what the scope's repositories hold, and the journal's records with it, in one transaction: both are there afterwards, or neither.</summary>
internal sealed class UnitOfWork(WorkContext work, TimeProvider clock) : IUnitOfWork
{
    private const int SqliteForeignKey = 787;
    private const int SqlitePrimaryKey = 1555;
    private const int SqliteUnique = 2067;

    public async Task<long?> CommitAsync(IReadOnlyList<Invalidation> invalidations, string command, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (context, deletions) = (work.Context, work.Deletions);
        var now = clock.UtcNow();
        var rows = invalidations.Select(invalidation => new JournalRow(invalidation, command, now)).ToList();
        context.AddRange(rows);
        if (!context.ChangeTracker.HasChanges() && deletions.Count == 0)
        {
            return null;
        }

        try
        {
            // From here on the caller's token counts no more: a commit that was sent may have happened.
            await work.CallAsync((c, token) => SaveAsync(c, deletions, token), retried: false, CancellationToken.None);
            return rows.Count == 0 ? null : rows.Max(row => row.Position);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw new ConflictException("It was changed or deleted meanwhile.");
        }
        catch (DbUpdateException e) when (ConflictOf(e) is { } conflict)
        {
            throw conflict;
        }
        finally
        {
            work.ForgetDeletions();
            if (work.IsIdle)
            {
                // What failed is not committed by somebody else's commit.
                context.ChangeTracker.Clear();
            }
        }
    }

    /// <summary>
    /// The changes first: who else wants to change the same rows waits, or was before. Each deletion is repeated until it finds nothing: it waits for who is using a
    /// row, and what that one adds is seen by the next statement only.
    /// </summary>
    private static async Task<int> SaveAsync(
        NeuroLabDbContext context, IReadOnlyList<Func<NeuroLabDbContext, CancellationToken, Task<int>>> deletions, CancellationToken cancellationToken)
    {
        if (deletions.Count == 0)
        {
            context.Database.AutoTransactionBehavior = IsWholeWithoutCommit(context) ? AutoTransactionBehavior.Never : AutoTransactionBehavior.WhenNeeded;
            return await context.SaveChangesAsync(cancellationToken);
        }

        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var written = await context.SaveChangesAsync(cancellationToken);
        foreach (var delete in deletions)
        {
            while (await delete(context, cancellationToken) is > 0 and var deleted)
            {
                written += deleted;
            }
        }

        await transaction.CommitAsync(cancellationToken);
        return written;
    }

    /// <summary>
    /// Whether the statements are one transaction as they are sent: PostgreSQL takes what comes in one batch for one, and a COMMIT would be a round trip of its own. Only where none of
    /// them can miss its row, or just one that is all that there is beside the journal, and misses only a row that is gone: what missed is found when everything is committed. Then a command
    /// that changed nothing has made copies out of date that were not, which costs loads.
    /// </summary>
    private static bool IsWholeWithoutCommit(NeuroLabDbContext context)
    {
        if (!context.Database.IsNpgsql())
        {
            return false;
        }

        var changed = context.ChangeTracker.Entries().Where(static entry => entry.State is EntityState.Added or EntityState.Modified or EntityState.Deleted).ToList();
        var data = changed.FindAll(static entry => entry.Entity is not JournalRow);
        return changed.Count <= DatabaseTarget.MostInBatch && !data.Exists(IsApart) && (data.Count == 1 || changed.TrueForAll(static entry => entry.State == EntityState.Added));

        // Compared with what was read; or new with a key that the database gives and another row refers to, which the mapper sends in a batch of its own.
        static bool IsApart(EntityEntry entry) =>
            entry.Properties.Any(static property => property.IsTemporary)
            || (entry.State != EntityState.Added && entry.Metadata.GetProperties().Any(static property => property.IsConcurrencyToken));
    }

    private static ConflictException? ConflictOf(DbUpdateException exception) => exception.InnerException switch
    {
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } e => Taken(e.ConstraintName),
        PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation } e => Gone(e.ConstraintName),
        SqliteException { SqliteExtendedErrorCode: SqliteUnique or SqlitePrimaryKey } e => Taken(e.Message),
        SqliteException { SqliteExtendedErrorCode: SqliteForeignKey } => Gone(null),
        _ => null,
    };

    /// <param name="where">The constraint's or the column's name, in it.</param>
    private static ConflictException Taken(string? where) =>
        new(where?.Contains("normalized_email", StringComparison.Ordinal) == true ? "The email address is taken." : "It exists already.");

    private static ConflictException Gone(string? constraint) =>
        new(constraint == "fk_results_experiments" ? "The experiment does not exist any more." : "The account does not exist any more.");
}
