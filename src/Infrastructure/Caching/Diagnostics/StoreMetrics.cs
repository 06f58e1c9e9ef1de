using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Infrastructure.Caching.Diagnostics;

/// <summary>
/// Asks the stores once a minute, while anybody listens, for what only they know: how long the journal is, what Redis holds and has evicted. Every node says the same.
/// Thread-safe.
/// </summary>
internal sealed partial class StoreMetrics(
    IInvalidationJournal journal, IDistributedTier distributed, IMeterFactory meters, TimeProvider clock, ILogger<StoreMetrics> logger) : BackgroundService
{
    private const long Unknown = -1;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>How soon it is tried again while nobody listens or the store does not answer.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private long _records = Unknown;
    private long _usedMemory = Unknown;
    private long _evictedKeys = Unknown;
    private bool _isFailing;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var meter = meters.Create(CacheTelemetry.Name);
        var length = meter.CreateObservableGauge(
            "neurolab.cache.journal.length", () => Known(ref _records), "{record}", $"Records in the journal, counted once a minute, up to {IInvalidationJournal.MostCounted}.");
        var memory = meter.CreateObservableGauge(
            "neurolab.cache.redis.used_memory", () => Known(ref _usedMemory), "By", "Bytes that Redis uses, of a cluster all masters together, asked once a minute.");
        var evicted = meter.CreateObservableCounter(
            "neurolab.cache.redis.evicted_keys", () => Known(ref _evictedKeys), "{key}", "Keys that Redis gave up for want of memory, asked once a minute.");
        try
        {
            await Task.WhenAll(
                RepeatAsync(() => length.Enabled, CountRecordsAsync, stoppingToken),
                RepeatAsync(() => distributed.IsConfigured && (memory.Enabled || evicted.Enabled), AskRedisAsync, stoppingToken)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    private static IEnumerable<Measurement<long>> Known(ref long value) => Interlocked.Read(ref value) is var known and not Unknown ? [new Measurement<long>(known)] : [];

    private async Task RepeatAsync(Func<bool> isWanted, Func<CancellationToken, Task<bool>> tryAskAsync, CancellationToken stoppingToken)
    {
        while (true)
        {
            var asked = isWanted() && await tryAskAsync(stoppingToken).ConfigureAwait(false);
            await Task.Delay(asked ? Interval : RetryAfter, clock, stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> AskRedisAsync(CancellationToken cancellationToken)
    {
        var status = await distributed.GetStatusAsync(cancellationToken).ConfigureAwait(false);
        if (status is not { UsedMemory: { } memory })
        {
            // What is not told now is shown as it was: whether Redis answers is another metric.
            return false;
        }

        Interlocked.Exchange(ref _usedMemory, memory);
        Interlocked.Exchange(ref _evictedKeys, status.EvictedKeys ?? Unknown);
        return true;
    }

    private async Task<bool> CountRecordsAsync(CancellationToken cancellationToken)
    {
        try
        {
            Interlocked.Exchange(ref _records, await journal.CountAsync(cancellationToken).ConfigureAwait(false));
            _isFailing = false;
            return true;
        }
#pragma warning disable CA1031 // A number that is missing fails nothing.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (!_isFailing)
            {
                // Once an outage.
                _isFailing = true;
                LogNotCounted(exception.GetType().Name);
            }

            return false;
        }
    }

    [LoggerMessage(EventId = 3005, Level = LogLevel.Information, Message = "The records of the journal could not be counted ({Failure}); it is tried again.")]
    private partial void LogNotCounted(string failure);
}
