using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NeuroLab.Application.Common;

namespace NeuroLab.Infrastructure.Identity;

/// <summary>
/// Reads the signing keys at the start, removes retired ones, and reads them again from time to time, so that a new key is known before it is used. A key that
/// is there and unusable stops the start; a database that cannot be reached does not: it is asked again every second.
/// </summary>
internal sealed partial class SigningKeyWorker(SigningKeys keys, TimeProvider clock, ILogger<SigningKeyWorker> logger) : BackgroundService
{
    /// <inheritdoc />
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (keys.IsLocal)
        {
            await keys.GetAsync(cancellationToken).ConfigureAwait(false);
        }

        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (keys.Current is null && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                await keys.GetAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (OriginUnavailableException)
            {
                await Task.Delay(SigningKeys.RetryAfter, clock, stoppingToken).ConfigureAwait(false);
            }
        }

        await RemoveRetiredAsync(stoppingToken).ConfigureAwait(false);
        using var timer = new PeriodicTimer(KeyRing.ReadInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            await keys.RefreshAsync(stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task RemoveRetiredAsync(CancellationToken cancellationToken)
    {
        try
        {
            await keys.RemoveRetiredAsync(cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A retired key that stays does no harm; the next start or rotation removes it.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogNotRemoved(exception.GetType().Name);
        }
    }

    [LoggerMessage(EventId = 5003, Level = LogLevel.Information, Message = "Retired signing keys could not be removed ({Failure}); the next start tries again.")]
    private partial void LogNotRemoved(string failure);
}
