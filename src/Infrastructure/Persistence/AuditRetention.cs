using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NeuroLab.Application.Common;

namespace NeuroLab.Infrastructure.Persistence;

/// <summary>Rids the audit log of old entries, at the start and every hour, in batches. Thread-safe.</summary>
internal sealed partial class AuditRetention(Database database, TimeProvider clock, ILogger<AuditRetention> logger) : BackgroundService
{
    /// <summary>For how long entries are kept: a year, and time to look back at it.</summary>
    internal static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    private const int BatchSize = 1_000;

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Deletes entries older than <see cref="Kept"/>.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="OriginUnavailableException">The database cannot be reached.</exception>
    internal async Task<int> TrimAsync(CancellationToken cancellationToken)
    {
        var (olderThan, deleted, batch) = (clock.UtcNow() - Kept, 0, BatchSize);
        while (batch == BatchSize)
        {
            batch = await database.WriteAsync(
                (context, token) => context.Audit.Where(r => r.CreatedAt < olderThan).OrderBy(r => r.Id).Take(BatchSize).ExecuteDeleteAsync(token),
                null,
                cancellationToken).ConfigureAwait(false);
            deleted += batch;
        }

        return deleted;
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await database.Ready.WaitAsync(stoppingToken).ConfigureAwait(false);
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                await TrimAsync(stoppingToken).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // The next round tries again.
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogNotTrimmed(exception.GetType().Name);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    [LoggerMessage(EventId = 2003, Level = LogLevel.Information, Message = "Old entries of the audit log could not be deleted ({Failure}); the next round tries again.")]
    private partial void LogNotTrimmed(string failure);
}
