using System.Diagnostics.Metrics;
using NeuroLab.Infrastructure.Persistence.Model;

namespace NeuroLab.Infrastructure.Caching.Diagnostics;

/// <summary>
/// How long things take, in seconds, for whoever listens to the meter. A hit in memory takes about as long as two readings of the clock, so one in
/// <see cref="MemorySample"/> is measured, and none while nobody listens; everything else waits for something and is measured each time. Thread-safe.
/// </summary>
internal sealed class CacheTimings
{
    /// <summary>One in how many hits in memory is measured; a power of two.</summary>
    internal const int MemorySample = 1024;

    private static readonly KeyValuePair<string, object?> InMemory = new(CacheTelemetry.Tier, "memory");
    private static readonly KeyValuePair<string, object?> InRedis = new(CacheTelemetry.Tier, "redis");

    private static readonly KeyValuePair<string, object?> Hit = new(CacheTelemetry.Outcome, "hit");
    private static readonly KeyValuePair<string, object?> Succeeded = new(CacheTelemetry.Outcome, "ok");
    private static readonly KeyValuePair<string, object?> Failed = new(CacheTelemetry.Outcome, "failed");

    // A hit in memory takes some hundred nanoseconds, an answer of Redis its hard timeout (250 ms) at most.
    private static readonly double[] TierBounds =
        [1e-7, 2.5e-7, 5e-7, 1e-6, 2.5e-6, 1e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 0.5, 1];

    // A load may take its hard timeout (30 s).
    private static readonly double[] LoadBounds = [1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private readonly TimeProvider _clock;
    private readonly Histogram<double> _tierReads;
    private readonly Histogram<double> _loads;
    private readonly Histogram<double> _waits;
    private readonly Histogram<double> _journalReads;
    private readonly Histogram<double> _journalLag;
    private readonly Histogram<double> _redisCalls;

    /// <summary>Makes the instruments; they live as long as the factory.</summary>
    public CacheTimings(IMeterFactory meters, TimeProvider clock)
    {
        _clock = clock;
        (RecentHits, RecentLoads) = (new LatencyWindow(clock), new LatencyWindow(clock));
        var meter = meters.Create(CacheTelemetry.Name);
        _tierReads = Create("neurolab.cache.tier.read.duration", TierBounds, $"How long a read of a tier took. Of hits in memory, one in {MemorySample}.");
        _loads = Create("neurolab.cache.load.duration", LoadBounds, "How long a value took to load from the origin.");
        _waits = Create("neurolab.cache.wait.duration", LoadBounds, "How long a request waited for a load that another one began.");
        _journalReads = Create("neurolab.cache.journal.read.duration", LoadBounds, "How long a read of the journal took.");
        _journalLag = Create("neurolab.cache.journal.lag", LoadBounds, "From when a journal record was written, by its writer's clock, until this node learnt of it.");
        _redisCalls = Create("neurolab.cache.redis.call.duration", TierBounds, "How long a call of Redis took.");

        Histogram<double> Create(string name, double[] bounds, string description) =>
            meter.CreateHistogram(name, "s", description, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
    }

    /// <summary>The hits in memory that were measured of late.</summary>
    public LatencyWindow RecentHits { get; }

    /// <summary>The loads of late.</summary>
    public LatencyWindow RecentLoads { get; }

    /// <summary>Begins to measure.</summary>
    public long Start() => _clock.GetTimestamp();

    /// <summary>Begins to measure a read of memory, if this one is to be.</summary>
    /// <param name="hits">Counts the hits.</param>
    /// <returns>0 if it is not.</returns>
    public long StartMemoryRead(ThreadLocalCounter hits) => _tierReads.Enabled && (hits.Here & (MemorySample - 1)) == 0 ? _clock.GetTimestamp() : 0;

    /// <summary>Ends what <see cref="StartMemoryRead"/> began, with a hit.</summary>
    public void MemoryHit(long started)
    {
        if (started != 0)
        {
            var took = Since(started);
            _tierReads.Record(took, InMemory, Hit);
            RecentHits.Add(took);
        }
    }

    /// <summary>A read of Redis has ended.</summary>
    public void RedisRead(long started, TierReadOutcome outcome) => _tierReads.Record(Since(started), InRedis, Tag(CacheTelemetry.Outcome, outcome));

    /// <summary>A load has ended.</summary>
    public void Load(long started, LoadOutcome outcome)
    {
        var took = Since(started);
        _loads.Record(took, Tag(CacheTelemetry.Outcome, outcome));
        RecentLoads.Add(took);
    }

    /// <summary>The wait for somebody else's load has ended.</summary>
    public void Wait(long started, WaitOutcome outcome) => _waits.Record(Since(started), Tag(CacheTelemetry.Outcome, outcome));

    /// <summary>A read of the journal has ended.</summary>
    public void JournalRead(long started, bool succeeded) => _journalReads.Record(Since(started), succeeded ? Succeeded : Failed);

    /// <summary>A record was learnt.</summary>
    /// <param name="age">How long ago it was written. Below zero where the writer's clock is ahead of this node's.</param>
    public void JournalLag(TimeSpan age) => _journalLag.Record(Math.Max(0, age.TotalSeconds));

    /// <summary>A call of Redis has ended.</summary>
    public void RedisCall(long started, RedisOperation operation, RedisCallOutcome outcome) =>
        _redisCalls.Record(Since(started), Tag(CacheTelemetry.Operation, operation), Tag(CacheTelemetry.Outcome, outcome));

    private static KeyValuePair<string, object?> Tag<T>(string name, T value)
        where T : struct, Enum => new(name, SnakeCaseEnumConverter<T>.Names.ToText(value));

    /// <summary>Finer than a TimeSpan, whose ticks are as long as a hit in memory.</summary>
    private double Since(long started) => (_clock.GetTimestamp() - started) / (double)_clock.TimestampFrequency;
}
