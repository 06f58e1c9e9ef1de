using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NeuroLab.Application.Common;

namespace NeuroLab.Infrastructure.Persistence;

/// <summary>Rids the refresh tokens of those that ended long ago, at the start and every hour, in batches: each sign-in and each refresh adds one. Thread-safe.</summary>
internal sealed partial class TokenRetention(Database database, TimeProvider clock, ILogger<TokenRetention> logger) : BackgroundService
{
    /// <summary>For how long a token is kept after its end: one that is used twice so late still withdraws its family.</summary>
    internal static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private const int BatchSize = 1_000;

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Deletes tokens that ended longer ago than <see cref="Kept"/>.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="OriginUnavailableException">The database cannot be reached.</exception>
    internal async Task<int> TrimAsync(CancellationToken cancellationToken)
    {
        var (endedBefore, deleted, batch) = (clock.UtcNow() - Kept, 0, BatchSize);
        while (batch == BatchSize)
        {
            batch = await database.WriteAsync(
                (context, token) => context.RefreshTokens.Where(t => t.ExpiresAt < endedBefore).OrderBy(t => t.Id).Take(BatchSize).ExecuteDeleteAsync(token),
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

    [LoggerMessage(EventId = 2004, Level = LogLevel.Information, Message = "Refresh tokens that ended long ago could not be deleted ({Failure}); the next round tries again.")]
    private partial void LogNotTrimmed(string failure);
}
