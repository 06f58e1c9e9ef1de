using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Persistence.Model;

namespace NeuroLab.Infrastructure.Caching.Diagnostics;

/// <summary>What a node counts. Every request counts once as a hit of one tier or as a miss. Thread-safe.</summary>
internal sealed class CacheCounters
{
    private static readonly string[] NoAndYes = ["false", "true"];

    public ThreadLocalCounter HitsMemory { get; } = new();

    public Counter HitsRedis { get; } = new();

    public Counter Misses { get; } = new();

    public Counter Loads { get; } = new();

    public Counter Coalesced { get; } = new();

    public Counter JournalReadFailures { get; } = new();

    /// <summary>Requests answered with a stale copy.</summary>
    public CounterFamily StaleServed { get; } = new(CacheTelemetry.Reason, Words<StaleReason>(), CacheTelemetry.Invalidated, NoAndYes);

    /// <summary>Reads of Redis for a request; looking again while another node loads is not counted.</summary>
    public CounterFamily RedisReads { get; } = new(CacheTelemetry.Outcome, Words<TierReadOutcome>());

    /// <summary>Loads that failed, other than by being given up.</summary>
    public CounterFamily LoadFailures { get; } = new(CacheTelemetry.Reason, Words<LoadFailure>());

    /// <summary>Loads whose value was answered and not kept.</summary>
    public CounterFamily NotStored { get; } = new(CacheTelemetry.Reason, Words<NotStoredReason>());

    /// <summary>Calls of Redis that did not bring what was asked for.</summary>
    public CounterFamily RedisFailures { get; } = new(CacheTelemetry.Reason, Words<RedisFailure>());

    /// <summary>Journal records learnt since the start, of this node and others, each once.</summary>
    public CounterFamily InvalidationsLearnt { get; } = new(CacheTelemetry.Target, Words<InvalidationTarget>(), CacheTelemetry.Purge, NoAndYes);

    /// <summary>Journal records that this node committed.</summary>
    public CounterFamily InvalidationsWritten { get; } = new(CacheTelemetry.Target, Words<InvalidationTarget>(), CacheTelemetry.Purge, NoAndYes);

    /// <summary>Counts a request that was answered with a stale copy.</summary>
    public void CountStale(StaleReason reason, bool invalidated) => StaleServed.Increment((int)reason, invalidated ? 1 : 0);

    /// <summary>Counts a record by what it names.</summary>
    public static void Count(CounterFamily records, Invalidation invalidation) => records.Increment((int)invalidation.Target, invalidation.IsPurge ? 1 : 0);

    /// <summary>The values of an enumeration that counts from zero, in its order, as they are written everywhere.</summary>
    private static string[] Words<T>()
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(SnakeCaseEnumConverter<T>.Names.ToText)];
}

/// <summary>How a read of a tier ended.</summary>
internal enum TierReadOutcome
{
    /// <summary>With a copy that is fresh and valid.</summary>
    Hit,

    /// <summary>With a copy that is past its freshness, or overtaken.</summary>
    Stale,

    /// <summary>Without one.</summary>
    Miss,

    /// <summary>The tier was not asked, or did not answer in time.</summary>
    Unavailable,
}

/// <summary>Why a load failed.</summary>
internal enum LoadFailure
{
    /// <summary>The origin failed.</summary>
    OriginError,

    /// <summary>The origin did not answer in time.</summary>
    OriginTimeout,

    /// <summary>The origin was not asked.</summary>
    CircuitOpen,

    /// <summary>Not for a while: not found, a broken rule, a programming error.</summary>
    Other,
}

/// <summary>Why a value that was loaded was not kept.</summary>
internal enum NotStoredReason
{
    /// <summary>A write overtook it, or may have: while it was loaded, or since an older transaction is open.</summary>
    Overtaken,

    /// <summary>It does not come back from JSON as it was.</summary>
    NotSerializable,
}

/// <summary>How a load ended.</summary>
internal enum LoadOutcome
{
    /// <summary>With a complete value.</summary>
    Ok,

    /// <summary>With a value that lacks a section.</summary>
    Partial,

    /// <summary>The origin failed.</summary>
    OriginError,

    /// <summary>The origin did not answer in time.</summary>
    OriginTimeout,

    /// <summary>The origin was not asked.</summary>
    CircuitOpen,

    /// <summary>It failed for a reason that stays.</summary>
    Other,

    /// <summary>Nobody waited for it any more.</summary>
    Abandoned,
}

/// <summary>How the wait for a load that somebody else began ended.</summary>
internal enum WaitOutcome
{
    /// <summary>With a fresh value.</summary>
    Answered,

    /// <summary>With a stale copy.</summary>
    Stale,

    /// <summary>With the load's failure.</summary>
    Failed,

    /// <summary>The caller hung up.</summary>
    Left,
}

/// <summary>What Redis is asked to do.</summary>
internal enum RedisOperation
{
    /// <summary>Read a value.</summary>
    Get,

    /// <summary>Write a value.</summary>
    Set,

    /// <summary>Delete values.</summary>
    Delete,

    /// <summary>Take a lock.</summary>
    Lock,

    /// <summary>Publish a hint.</summary>
    Publish,

    /// <summary>Walk the keys.</summary>
    Scan,

    /// <summary>Describe entries, for an operator.</summary>
    Describe,

    /// <summary>Say how the server, or the cluster, is.</summary>
    Info,
}

/// <summary>How a call of Redis that was made ended.</summary>
internal enum RedisCallOutcome
{
    /// <summary>With an answer.</summary>
    Ok,

    /// <summary>With an error that concerns this call.</summary>
    Refused,

    /// <summary>Without an answer in time, or without a connection.</summary>
    Failed,
}

/// <summary>Why a call of Redis did not bring what was asked for.</summary>
internal enum RedisFailure
{
    /// <summary>No answer in time.</summary>
    Timeout,

    /// <summary>The connection failed, or the server cannot serve anybody now.</summary>
    Error,

    /// <summary>The server refused this call.</summary>
    Refused,

    /// <summary>Too many calls were under way: it was not made.</summary>
    Rejected,

    /// <summary>Not connected, or the breaker open: it was not made.</summary>
    Unavailable,
}
