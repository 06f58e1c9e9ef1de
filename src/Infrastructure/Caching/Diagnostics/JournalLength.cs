using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Infrastructure.Caching.Diagnostics;

/// <summary>Counts the records of the journal once a minute, while anybody listens. Every node counts the same table. Thread-safe.</summary>
internal sealed class JournalLength(IInvalidationJournal journal, IMeterFactory meters, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>How soon it is tried again while nobody listens or the store cannot be reached.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private long _counted = -1;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var gauge = meters.Create(CacheTelemetry.Name).CreateObservableGauge(
            "neurolab.cache.journal.length", Measure, "{record}", $"Records in the journal, counted once a minute, up to {IInvalidationJournal.MostCounted}.");
        try
        {
            while (true)
            {
                var counted = gauge.Enabled && await TryCountAsync(stoppingToken).ConfigureAwait(false);
                await Task.Delay(counted ? Interval : RetryAfter, clock, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }

    private IEnumerable<Measurement<long>> Measure() => Interlocked.Read(ref _counted) is var records and >= 0 ? [new Measurement<long>(records)] : [];

    private async Task<bool> TryCountAsync(CancellationToken cancellationToken)
    {
        try
        {
            Interlocked.Exchange(ref _counted, await journal.CountAsync(cancellationToken).ConfigureAwait(false));
            return true;
        }
#pragma warning disable CA1031 // A number that is missing fails nothing; reads of the journal tell of the store.
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return false;
        }
    }
}
