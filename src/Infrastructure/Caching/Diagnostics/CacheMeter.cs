using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Engine;
using NeuroLab.Infrastructure.Caching.Journal;
using NeuroLab.Infrastructure.Resilience;

namespace NeuroLab.Infrastructure.Caching.Diagnostics;

/// <summary>What the node counts, and how it is, for whoever listens to the meter: read when it is asked for, so that it costs nothing otherwise.</summary>
internal sealed class CacheMeter(
    IMeterFactory meters,
    CacheCounters counters,
    IMemoryTier memory,
    IDistributedTier distributed,
    JournalFollower follower,
    IEnumerable<ObservedCircuit> circuits,
    CacheClock clock) : IHostedService
{
    private readonly ObservedCircuit[] _circuits = [.. circuits];
    private long _startedAt;

    /// <summary>Makes the instruments; they live as long as the factory.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _startedAt = clock.Now;
        var meter = meters.Create(CacheTelemetry.Name);
        ObserveRequests(meter);
        ObserveJournal(meter);
        ObserveStores(meter);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void ObserveRequests(Meter meter)
    {
        meter.CreateObservableCounter(
            "neurolab.cache.requests",
            () => new[] { Answered(counters.HitsMemory.Value, "memory"), Answered(counters.HitsRedis.Value, "redis"), Answered(counters.Misses.Value, "miss") },
            "{request}",
            "Requests, by what answered them.");
        meter.CreateObservableCounter("neurolab.cache.tier.reads", TierReads, "{read}", "Reads of a tier, by how they ended.");
        meter.CreateObservableCounter("neurolab.cache.stale_served", () => counters.StaleServed.Measure(), "{request}", "Requests that were answered with a stale copy.");
        meter.CreateObservableCounter("neurolab.cache.loads", () => counters.Loads.Value, "{load}", "Loads from the origin that were begun.");
        meter.CreateObservableCounter("neurolab.cache.load_failures", () => counters.LoadFailures.Measure(), "{load}", "Loads that failed.");
        meter.CreateObservableCounter("neurolab.cache.loads.not_stored", () => counters.NotStored.Measure(), "{load}", "Loads whose value was answered and not kept.");
        meter.CreateObservableCounter("neurolab.cache.coalesced", () => counters.Coalesced.Value, "{request}", "Requests that joined a load under way.");
    }

    private void ObserveJournal(Meter meter)
    {
        meter.CreateObservableCounter("neurolab.cache.invalidations.learnt", () => counters.InvalidationsLearnt.Measure(), "{record}", "Journal records learnt, of this node and others.");
        meter.CreateObservableCounter("neurolab.cache.invalidations.written", () => counters.InvalidationsWritten.Measure(), "{record}", "Journal records that this node committed.");
        meter.CreateObservableCounter("neurolab.cache.journal.read_failures", () => counters.JournalReadFailures.Value, "{read}", "Reads of the journal that failed.");
        meter.CreateObservableGauge(
            "neurolab.cache.journal.held_back", () => follower.HeldBackFor.TotalSeconds, "s", "For how long the position has been held back by an open transaction, as of the last reading.");
        meter.CreateObservableGauge("neurolab.cache.journal.verified_age", VerifiedAge, "s", "Time since the last successful read of the journal began; since the start, where there was none.");
    }

    private void ObserveStores(Meter meter)
    {
        meter.CreateObservableGauge("neurolab.cache.breaker.state", () => _circuits.SelectMany(StateOf), null, "Circuit breakers: 0 closed, 1 open, 2 half open.");
        meter.CreateObservableGauge(
            "neurolab.cache.redis.available", () => distributed.IsConfigured ? new[] { new Measurement<int>(distributed.IsAvailable ? 1 : 0) } : [], null, "1 while Redis is connected and its breaker closed, else 0.");
        meter.CreateObservableCounter("neurolab.cache.redis.failures", () => distributed.IsConfigured ? counters.RedisFailures.Measure() : [], "{call}", "Calls of Redis that did not bring what was asked for.");
        meter.CreateObservableGauge("neurolab.cache.memory.entries", () => memory.Count, "{entry}", "Entries in memory.");
        meter.CreateObservableGauge("neurolab.cache.memory.entries_limit", () => memory.MaxCount, "{entry}", "The most entries in memory.");
        meter.CreateObservableGauge("neurolab.cache.memory.size", () => memory.SizeBytes, "By", "Bytes that the entries in memory are counted with.");
        meter.CreateObservableGauge("neurolab.cache.memory.size_limit", () => memory.MaxSizeBytes, "By", "The most bytes of entries in memory.");
        meter.CreateObservableCounter("neurolab.cache.memory.evictions", () => memory.Evictions, "{entry}", "Entries pushed out of memory by newer ones.");
    }

    /// <summary>Of memory every request is a read, and what it could not answer with a fresh value a miss; so the two tiers are counted in the same words.</summary>
    private IEnumerable<Measurement<long>> TierReads()
    {
        KeyValuePair<string, object?> memoryTier = new(CacheTelemetry.Tier, "memory"), redisTier = new(CacheTelemetry.Tier, "redis");
        yield return new(counters.HitsMemory.Value, memoryTier, new(CacheTelemetry.Outcome, "hit"));
        yield return new(counters.HitsRedis.Value + counters.Misses.Value, memoryTier, new(CacheTelemetry.Outcome, "miss"));
        foreach (var read in distributed.IsConfigured ? counters.RedisReads.Measure(redisTier) : [])
        {
            yield return read;
        }
    }

    private double VerifiedAge()
    {
        var readAt = follower.VerifiedAt;
        return TimeSpan.FromTicks(clock.Now - (readAt == 0 ? _startedAt : readAt)).TotalSeconds;
    }

    private static IEnumerable<Measurement<int>> StateOf(ObservedCircuit circuit) =>
        circuit.State() is { } state ? [new(state switch { "closed" => 0, "open" => 1, _ => 2 }, new KeyValuePair<string, object?>(CacheTelemetry.Store, circuit.Store))] : [];

    private static Measurement<long> Answered(long count, string by) => new(count, new KeyValuePair<string, object?>(CacheTelemetry.Result, by));
}
