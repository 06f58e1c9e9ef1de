namespace NeuroLab.Application.Abstractions.Auditing;

/// <summary>What is done, or tried, in the administration.</summary>
public enum AuditAction
{
    /// <summary>Cached values are purged.</summary>
    CacheClear,

    /// <summary>An account gets the role <c>admin</c>.</summary>
    AdminGrant,

    /// <summary>The key that signs tokens is changed.</summary>
    KeyRotation,

    /// <summary>The cache's counts are read.</summary>
    StatisticsRead,

    /// <summary>The keys of cached values, or what is known of one, are read.</summary>
    EntriesRead,

    /// <summary>The audit log is read.</summary>
    AuditRead,

    /// <summary>Values are loaded into the cache for a user.</summary>
    CacheWarm,

    /// <summary>The cache is watched as it works.</summary>
    CacheWatch,

    /// <summary>What this version does not know: a later one wrote it. Never written.</summary>
    Unknown,
}

/// <summary>How it ended.</summary>
public enum AuditOutcome
{
    /// <summary>It was done.</summary>
    Done,

    /// <summary>It was allowed, and not done.</summary>
    Failed,
}

/// <summary>Who does something of the administration.</summary>
/// <param name="Actor">An account's id, <c>api-key</c> for whoever has the administrator's key, <c>console</c> for whoever runs the executable.</param>
/// <param name="Address">The address it comes from; null from the console.</param>
/// <param name="CorrelationId">The id of the request; null from the console.</param>
public sealed record AuditOrigin(string Actor, string? Address, string? CorrelationId)
{
    /// <summary>Whoever has the administrator's key.</summary>
    public const string ApiKey = "api-key";

    /// <summary>Whoever runs the executable.</summary>
    public static AuditOrigin Console { get; } = new("console", null, null);
}

/// <summary>One entry of the audit log.</summary>
/// <param name="Id">Its number; the newest has the highest.</param>
/// <param name="CreatedAt">When, UTC.</param>
/// <param name="Action">What was done.</param>
/// <param name="Actor">Who did it: an account's id, <c>api-key</c> or <c>console</c>.</param>
/// <param name="Address">From where; null from the console.</param>
/// <param name="Target">On what: a pattern over keys, an account's id, a key's id.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="CorrelationId">The id of the request; null from the console.</param>
public sealed record AuditEntry(
    long Id, DateTime CreatedAt, AuditAction Action, string Actor, string? Address, string? Target, AuditOutcome Outcome, string? CorrelationId);

/// <summary>Keeps what changed something, for a bounded time. Scoped with the unit of work; not thread-safe.</summary>
public interface IAuditLog
{
    /// <summary>Adds an entry; it is written with the commit of the unit of work, or not at all.</summary>
    /// <param name="action">What is done.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="target">On what: no secret, and no e-mail address.</param>
    void Add(AuditAction action, AuditOrigin by, string target);
}

/// <summary>Reads the audit log. Thread-safe.</summary>
public interface IAuditReader
{
    /// <summary>The newest entries, newest first.</summary>
    /// <param name="limit">How many at most, 1 or more.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="Common.OriginUnavailableException">The database cannot be reached.</exception>
    Task<IReadOnlyList<AuditEntry>> ReadNewestAsync(int limit, CancellationToken cancellationToken);
}
