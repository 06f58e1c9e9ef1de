using Microsoft.Extensions.Hosting;
using NeuroLab.Application.Common;

namespace NeuroLab.Infrastructure.Identity;

/// <summary>
/// Reads the signing key at the start. A key that is there and unusable stops the start; a database that cannot be reached does not: it is asked
/// again every second.
/// </summary>
internal sealed class SigningKeyWarmUp(SigningKeys keys, bool isLocal, TimeProvider clock) : BackgroundService
{
    /// <inheritdoc />
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (isLocal)
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
    }
}
