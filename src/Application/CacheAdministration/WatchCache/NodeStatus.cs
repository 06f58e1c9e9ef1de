namespace NeuroLab.Application.CacheAdministration;

/// <summary>How a node is. Immutable. Times are UTC; counts are since its start.</summary>
/// <param name="Id">Made at its start.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="IsThis">Whether it is the node that answers.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="SeenAt">When it was last known to be like this.</param>
/// <param name="Requests">How requests were answered.</param>
/// <param name="StaleByReason">Stale answers by why they were.</param>
/// <param name="LatencyMs">How long it takes to answer.</param>
/// <param name="Memory">Its memory tier.</param>
/// <param name="Journal">What it knows of the journal.</param>
/// <param name="Database">The database, as it finds it.</param>
/// <param name="Redis">Redis, as it finds it.</param>
public sealed record NodeStatus(
    Guid Id,
    string Name,
    bool IsThis,
    DateTime StartedAt,
    DateTime SeenAt,
    CacheRequestStatistics Requests,
    StaleAnswerCounts StaleByReason,
    NodeLatencies LatencyMs,
    NodeMemory Memory,
    NodeJournal Journal,
    NodeStore Database,
    NodeStore Redis);

/// <summary>Stale answers by why they were.</summary>
/// <param name="OriginError">The origin failed.</param>
/// <param name="OriginTimeout">The origin did not answer in time.</param>
/// <param name="CircuitOpen">The origin was not asked.</param>
/// <param name="Unverified">The journal could not be read to know that the copy still held.</param>
public sealed record StaleAnswerCounts(long OriginError, long OriginTimeout, long CircuitOpen, long Unverified);

/// <summary>How long things took in the last minute.</summary>
/// <param name="Hit">Answers from memory; one in many is measured, and none where nobody collects metrics.</param>
/// <param name="Load">Loads from the origin.</param>
public sealed record NodeLatencies(LatencyQuantiles Hit, LatencyQuantiles Load);

/// <summary>Quantiles of what was measured, in milliseconds; null where nothing was.</summary>
/// <param name="P50">Half of it took no longer.</param>
/// <param name="P99">99 in 100 took no longer.</param>
public sealed record LatencyQuantiles(double? P50, double? P99);

/// <summary>A memory tier.</summary>
/// <param name="Entries">Entries it holds.</param>
/// <param name="MaxEntries">The most that it may hold.</param>
/// <param name="SizeBytes">Bytes that its entries are counted with.</param>
/// <param name="MaxBytes">The most bytes; null where there is no such bound.</param>
/// <param name="Evictions">Entries pushed out by newer ones.</param>
public sealed record NodeMemory(long Entries, long MaxEntries, long SizeBytes, long? MaxBytes, long Evictions);

/// <summary>What a node knows of the journal.</summary>
/// <param name="Position">Up to where it knows every record.</param>
/// <param name="VerifiedSecondsAgo">Seconds since its last successful reading began; null where there was none.</param>
/// <param name="IsTrusted">Whether it knows enough to call copies fresh.</param>
/// <param name="RecordsPending">Records that the position has not passed, because older transactions are open.</param>
public sealed record NodeJournal(long Position, double? VerifiedSecondsAgo, bool IsTrusted, int RecordsPending);

/// <summary>A store, as a node finds it.</summary>
/// <param name="Status">healthy, unavailable, or disabled where none is configured.</param>
/// <param name="Circuit">Its circuit breaker: closed, open or half_open; null where none is configured.</param>
public sealed record NodeStore(string Status, string? Circuit);
