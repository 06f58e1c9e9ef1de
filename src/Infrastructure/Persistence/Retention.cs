using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NeuroLab.Application.Common;

namespace NeuroLab.Infrastructure.Persistence;

/// <summary>Rids the database of what has had its time, at the start and every hour: old entries of the audit log, and refresh tokens that ended long ago. Thread-safe.</summary>
internal sealed partial class Retention(Database database, TimeProvider clock, ILogger<Retention> logger) : BackgroundService
{
    /// <summary>For how long entries of the audit log are kept: a year, and time to look back at it.</summary>
    internal static readonly TimeSpan AuditKept = TimeSpan.FromDays(400);

    /// <summary>For how long a token is kept after its end: one that is used twice so late still withdraws its family.</summary>
    internal static readonly TimeSpan TokensKept = TimeSpan.FromDays(30);

    private const int BatchSize = 1_000;

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Deletes entries of the audit log that are older than <see cref="AuditKept"/>.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="OriginUnavailableException">The database cannot be reached.</exception>
    internal Task<int> TrimAuditAsync(CancellationToken cancellationToken)
    {
        var olderThan = clock.UtcNow() - AuditKept;
        return database.DeleteInBatchesAsync(
            BatchSize,
            (context, token) => context.Audit.Where(r => r.CreatedAt < olderThan).OrderBy(r => r.Id).Take(BatchSize).ExecuteDeleteAsync(token),
            cancellationToken);
    }

    /// <summary>Deletes refresh tokens that ended longer ago than <see cref="TokensKept"/>.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="OriginUnavailableException">The database cannot be reached.</exception>
    internal Task<int> TrimTokensAsync(CancellationToken cancellationToken)
    {
        var endedBefore = clock.UtcNow() - TokensKept;
        return database.DeleteInBatchesAsync(
            BatchSize,
            (context, token) => context.RefreshTokens.Where(t => t.ExpiresAt < endedBefore).OrderBy(t => t.Id).Take(BatchSize).ExecuteDeleteAsync(token),
            cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await database.Ready.WaitAsync(stoppingToken).ConfigureAwait(false);
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            await TryAsync("audit_log", TrimAuditAsync, stoppingToken).ConfigureAwait(false);
            await TryAsync("refresh_tokens", TrimTokensAsync, stoppingToken).ConfigureAwait(false);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private async Task TryAsync(string table, Func<CancellationToken, Task<int>> trimAsync, CancellationToken stoppingToken)
    {
        try
        {
            await trimAsync(stoppingToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The next round tries again.
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogNotTrimmed(table, exception.GetType().Name);
        }
    }

    [LoggerMessage(EventId = 2003, Level = LogLevel.Information, Message = "Old rows of {Table} could not be deleted ({Failure}); the next round tries again.")]
    private partial void LogNotTrimmed(string table, string failure);
}
