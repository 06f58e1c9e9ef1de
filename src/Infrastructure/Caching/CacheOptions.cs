namespace NeuroLab.Infrastructure.Caching;

/// <summary>
/// Settings of the cache engine: section <c>Cache</c>. <c>CACHE_DEFAULT_TTL</c>, <c>CACHE_STALE_THRESHOLD</c> (seconds) and <c>CACHE_MEMORY_MAX_SIZE</c> (entries) win over it.
/// </summary>
public sealed class CacheOptions
{
    /// <summary>The name of the section.</summary>
    public const string SectionName = "Cache";

    /// <summary>How long a value is fresh by default; more than zero, at most <see cref="MaxEntryLife"/>.</summary>
    public TimeSpan DefaultTtl { get; set; } = TimeSpan.FromSeconds(300);

    /// <summary>How long after that it may be served stale, by default; zero or more.</summary>
    public TimeSpan StaleThreshold { get; set; } = TimeSpan.FromSeconds(600);

    /// <summary>Caps every entry's life in every tier, stale window included, and is how long journal records are kept at least; more than zero.</summary>
    public TimeSpan MaxEntryLife { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The most entries in memory; 1 or more.</summary>
    public int MemoryMaxSize { get; set; } = 1000;

    /// <summary>The most bytes that entries in memory are counted with; 1 or more.</summary>
    public long MemoryMaxBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>How long memory answers before Redis is asked again, for a value loaded here; more than zero.</summary>
    public TimeSpan MemoryTtlCap { get; set; } = TimeSpan.FromSeconds(300);

    /// <summary>The same for a value promoted from Redis; more than zero.</summary>
    public TimeSpan PromotionTtl { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often memory is rid of entries past their stale window; more than zero.</summary>
    public TimeSpan CleanupInterval { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>For how long after the start of a journal read copies may be called fresh; more than <see cref="JournalPoll"/>.</summary>
    public TimeSpan VerificationWindow { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often the journal is read without being asked; more than zero.</summary>
    public TimeSpan JournalPoll { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a reader or a command waits for a journal read; more than zero.</summary>
    public TimeSpan JournalReadTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The most distinct patterns and tags remembered; past it the older half is forgotten and everything leased before it reloaded. 100 or more.</summary>
    public int MaxRecords { get; set; } = 100_000;

    /// <summary>How long a caller waits for a load when a copy expired by time alone is there; more than zero.</summary>
    public TimeSpan SoftTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a load may take; at least <see cref="SoftTimeout"/>.</summary>
    public TimeSpan HardTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>At what share of its time to live a value is refreshed behind the answer; above 0 to 1, where 1 turns it off.</summary>
    public double EagerRefresh { get; set; } = 0.9;

    /// <summary>By what share at most a time to live, or the throttle after a failure, is shortened at random, so that values are not loaded together; 0 to below 1.</summary>
    public double Jitter { get; set; } = 0.1;

    /// <summary>How long after a failed load the stale copy is served without trying again, shortened by <see cref="Jitter"/>; zero or more.</summary>
    public TimeSpan FailureThrottle { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the other nodes wait at most while one loads the same key; more than zero. The lock itself ends after half of it, should its owner be gone.</summary>
    public TimeSpan LoadLock { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a partial answer is kept at most, in memory only; zero or more.</summary>
    public TimeSpan PartialTtl { get; set; } = TimeSpan.FromSeconds(60);
}
