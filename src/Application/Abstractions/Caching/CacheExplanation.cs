namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>How a copy in one tier stands. Of several that hold, the one that weighs most.</summary>
public enum CopyState
{
    /// <summary>There is none.</summary>
    Absent,

    /// <summary>It is inside its life, no write has overtaken it, and the node knows that.</summary>
    Fresh,

    /// <summary>It is inside its life, and the journal cannot be read to know whether a write has overtaken it: served marked.</summary>
    Unverified,

    /// <summary>Its time to live is over; it may be served, marked, where the origin fails.</summary>
    Expired,

    /// <summary>A write has overtaken it; it may be served, marked, where the origin fails.</summary>
    Invalidated,

    /// <summary>It was purged and is never served.</summary>
    Purged,

    /// <summary>What this node knows of the journal does not reach back to its load: it is taken for overtaken, and never served.</summary>
    Forgotten,

    /// <summary>Its stale window is over, or it lacks a section and its time to live is over: it is never served, and waits to be removed.</summary>
    Over,

    /// <summary>It was loaded under another journal, or under a later state of this one than the node has read: a miss here.</summary>
    OtherJournal,

    /// <summary>No type that this process has cached yet has its shape: another version of the service wrote it, or a type that is not used here. A miss for all that are.</summary>
    OtherShape,

    /// <summary>What is there cannot be read as a value: a miss.</summary>
    Unusable,

    /// <summary>The tier did not answer, or is not asked while it fails.</summary>
    Unavailable,

    /// <summary>There is no such tier.</summary>
    Disabled,
}

/// <summary>What a read of a key would be answered with now, and why: what is known of the key on one node. Immutable; no values.</summary>
/// <param name="Key">The key, without prefix.</param>
/// <param name="At">When it was looked at, UTC.</param>
/// <param name="NextRead">What a read with the default policy would do.</param>
/// <param name="Node">What the node knows.</param>
/// <param name="Memory">The copy in this node's memory.</param>
/// <param name="Redis">The copy in Redis.</param>
public sealed record CacheExplanation(
    string Key, DateTime At, NextRead NextRead, NodeKnowledge Node, CopyExplanation Memory, CopyExplanation Redis);

/// <summary>What a read with the default policy would do now.</summary>
/// <param name="Source">Where its answer would come from; of <c>origin</c> it loads.</param>
/// <param name="StaleReason">Why the answer would be stale; null where it would not.</param>
/// <param name="IfOriginFails"><c>stale</c> where a copy could be served then, <c>unavailable</c> where not; null where it would not load.</param>
/// <param name="LoadUnderWay">Whether this node is loading it: the read would wait for that, where nothing was written since.</param>
/// <param name="Because">One sentence for people.</param>
public sealed record NextRead(CacheSource Source, StaleReason? StaleReason, string? IfOriginFails, bool LoadUnderWay, string Because);

/// <summary>What a node knows of the journal.</summary>
/// <param name="Verified">Whether it knows enough to call copies fresh.</param>
/// <param name="VerifiedSecondsAgo">Seconds since its last successful reading began; null where there was none.</param>
/// <param name="JournalId">The journal that it follows; null before the first reading.</param>
/// <param name="Position">Up to where it knows every record.</param>
/// <param name="PendingRecords">Records that the position has not passed, because older transactions are open in the database: what is loaded from what they changed is not kept.</param>
public sealed record NodeKnowledge(bool Verified, double? VerifiedSecondsAgo, Guid? JournalId, long Position, int PendingRecords);

/// <summary>A copy in one tier. What is null does not apply, or is not known.</summary>
public sealed record CopyExplanation
{
    /// <summary>How it stands.</summary>
    public required CopyState State { get; init; }

    /// <summary>Why: one sentence for people, without key or value.</summary>
    public required string Because { get; init; }

    /// <summary>The write that stands against it.</summary>
    public OvertakingWrite? OvertakenBy { get; init; }

    /// <summary>The type of its value.</summary>
    public string? Type { get; init; }

    /// <summary>When it was loaded, UTC, by the loader's clock.</summary>
    public DateTime? CachedAt { get; init; }

    /// <summary>Seconds since its load began; 0 or more.</summary>
    public double? AgeSeconds { get; init; }

    /// <summary>Seconds for which it is still fresh by its life; negative when it is past that.</summary>
    public double? TtlSeconds { get; init; }

    /// <summary>Seconds for which it may still be served stale; negative when it is past that.</summary>
    public double? StaleTtlSeconds { get; init; }

    /// <summary>Seconds until memory asks Redis again, although it is fresh; negative when that is due.</summary>
    public double? MemoryTtlSeconds { get; init; }

    /// <summary>The journal's position before its load read the origin: a matching record from there on overtakes it.</summary>
    public long? Lease { get; init; }

    /// <summary>Bytes that it is counted with in memory; of the copy in Redis those of its value as JSON, which may lie there compressed.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>How often this node answered from it.</summary>
    public long? Hits { get; init; }

    /// <summary>Its tags.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>The sections that it lacks.</summary>
    public IReadOnlyList<string>? FailedOperations { get; init; }

    /// <summary>Why its last renewal failed, while that holds back the next one.</summary>
    public FailedLoad? FailedLoad { get; init; }

    /// <summary>A newer value beside it that lacks a section.</summary>
    public CopyExplanation? Partial { get; init; }
}

/// <summary>A write that stands against a copy.</summary>
/// <param name="Command">What wrote it.</param>
/// <param name="At">When, UTC, by the writer's clock.</param>
/// <param name="Position">Its place in the journal.</param>
/// <param name="Target">Whether it names keys by a glob or by a tag.</param>
/// <param name="Text">The glob or the tag.</param>
/// <param name="IsPurge">Whether it forbids serving the copy at all.</param>
public sealed record OvertakingWrite(string Command, DateTime At, long Position, InvalidationTarget Target, string Text, bool IsPurge);

/// <summary>A load that failed.</summary>
/// <param name="Reason">Why.</param>
/// <param name="RetryInSeconds">Seconds until the next one is tried; 0 or more.</param>
public sealed record FailedLoad(StaleReason Reason, double RetryInSeconds);
