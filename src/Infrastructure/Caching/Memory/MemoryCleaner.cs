using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Engine;

namespace NeuroLab.Infrastructure.Caching.Memory;

/// <summary>Rids memory, from time to time, of entries that may not be served any more, not even stale.</summary>
internal sealed class MemoryCleaner(IMemoryTier memory, CacheClock clock, IOptions<CacheOptions> options) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.CleanupInterval, clock.Provider);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                Clean();
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    /// <summary>Removes what is past its stale window.</summary>
    /// <returns>How many were removed.</returns>
    internal int Clean()
    {
        var now = clock.Now;
        return memory.RemoveWhere(entry => entry.StaleUntil <= now);
    }
}
