using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Engine;

namespace NeuroLab.Infrastructure.Caching.Journal;

/// <summary>Reads the journal at every hint and every poll, and rids it of old records from time to time.</summary>
internal sealed partial class JournalWorker(
    JournalFollower follower, IInvalidationJournal journal, IInvalidationHints hints, CacheClock clock, IOptions<CacheOptions> options, ILogger<JournalWorker> logger) : BackgroundService
{
    private static readonly TimeSpan TrimInterval = TimeSpan.FromMinutes(1);

    /// <summary>Records also tell a node that starts which accounts were deleted while tokens of theirs may live: one hour.</summary>
    private static readonly TimeSpan LeastRetention = TimeSpan.FromHours(2);

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Many hints, one read: those that come while one is waiting to start share it.
        hints.Subscribe(() => _ = follower.CatchUpAsync());
        return Task.WhenAll(PollAsync(stoppingToken), TrimAsync(stoppingToken));
    }

    private async Task PollAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.JournalPoll, clock.Provider);
        do
        {
            await ((Task)follower.CatchUpAsync()).WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (await NextAsync(timer, stoppingToken).ConfigureAwait(false));
    }

    private async Task TrimAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TrimInterval, clock.Provider);
        while (await NextAsync(timer, stoppingToken).ConfigureAwait(false))
        {
            try
            {
                // Twice the longest life: the writer's clock, by which records are dated, may be off.
                var retention = 2 * options.Value.MaxEntryLife;
                await journal.TrimAsync(clock.UtcNow - (retention > LeastRetention ? retention : LeastRetention), stoppingToken).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // The next round tries again.
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogNotTrimmed(exception.GetType().Name);
            }
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(EventId = 3003, Level = LogLevel.Information, Message = "Old journal records could not be deleted ({Failure}); the next round tries again.")]
    private partial void LogNotTrimmed(string failure);
}
