using System.ComponentModel.DataAnnotations;
using NeuroLab.Infrastructure.Configuration;

namespace NeuroLab.Infrastructure.Caching;

/// <summary>
/// Settings of the cache engine: section <c>Cache</c>. <c>CACHE_DEFAULT_TTL</c>, <c>CACHE_STALE_THRESHOLD</c> (seconds) and <c>CACHE_MEMORY_MAX_SIZE</c> (entries) win over it.
/// </summary>
[SettingSection(SectionName, SettingGroup.Cache)]
public sealed class CacheOptions : IValidatableObject
{
    /// <summary>The name of the section.</summary>
    public const string SectionName = "Cache";

    private const string Nothing = "00:00:00";
    private const string MostTime = "30.00:00:00";

    /// <summary>A node that is cut off calls copies fresh for so long, whatever was written elsewhere.</summary>
    private const string MostTrust = "00:10:00";

    private const int LongestNodeName = 64;

    /// <summary>How long a value is fresh by default; at most <see cref="MaxEntryLife"/>.</summary>
    [TimeRange(Nothing, MostTime, MinimumIsExclusive = true)]
    [SettingAlias("CACHE_DEFAULT_TTL")]
    public TimeSpan DefaultTtl { get; set; } = TimeSpan.FromSeconds(300);

    /// <summary>How long after that it may be served stale, by default.</summary>
    [TimeRange(Nothing, MostTime)]
    [SettingAlias("CACHE_STALE_THRESHOLD")]
    public TimeSpan StaleThreshold { get; set; } = TimeSpan.FromSeconds(600);

    /// <summary>Caps every entry's life in every tier, stale window included, and is how long journal records are kept at least.</summary>
    [TimeRange(Nothing, MostTime, MinimumIsExclusive = true)]
    public TimeSpan MaxEntryLife { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The most entries in memory.</summary>
    [Range(1, int.MaxValue)]
    [SettingAlias("CACHE_MEMORY_MAX_SIZE")]
    public int MemoryMaxSize { get; set; } = 1000;

    /// <summary>The most bytes that entries in memory are counted with.</summary>
    [Range(typeof(long), "1", "9223372036854775807")]
    public long MemoryMaxBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>How long memory answers before Redis is asked again, for a value loaded here.</summary>
    [TimeRange(Nothing, MostTime, MinimumIsExclusive = true)]
    public TimeSpan MemoryTtlCap { get; set; } = TimeSpan.FromSeconds(300);

    /// <summary>The same for a value promoted from Redis.</summary>
    [TimeRange(Nothing, MostTime, MinimumIsExclusive = true)]
    public TimeSpan PromotionTtl { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often memory is rid of entries past their stale window.</summary>
    [TimeRange(Nothing, MostTime, MinimumIsExclusive = true)]
    public TimeSpan CleanupInterval { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>For how long after the start of a journal read copies may be called fresh; longer than <see cref="JournalPoll"/>.</summary>
    [TimeRange(Nothing, MostTrust, MinimumIsExclusive = true)]
    public TimeSpan VerificationWindow { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often the journal is read without being asked.</summary>
    [TimeRange(Nothing, MostTime, MinimumIsExclusive = true)]
    public TimeSpan JournalPoll { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a reader or a command waits for a journal read.</summary>
    [TimeRange(Nothing, MostTime, MinimumIsExclusive = true)]
    public TimeSpan JournalReadTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The most distinct patterns and tags remembered; past it the older half is forgotten and everything leased before it reloaded.</summary>
    [Range(100, int.MaxValue)]
    public int MaxRecords { get; set; } = 100_000;

    /// <summary>How long a caller waits for a load when a copy expired by time alone is there.</summary>
    [TimeRange(Nothing, MostTime, MinimumIsExclusive = true)]
    public TimeSpan SoftTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a load may take; at least <see cref="SoftTimeout"/>.</summary>
    [TimeRange(Nothing, MostTime, MinimumIsExclusive = true)]
    public TimeSpan HardTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>At what share of its time to live a value is refreshed behind the answer; 1 turns it off.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double EagerRefresh { get; set; } = 0.9;

    /// <summary>By what share at most a time to live, or the throttle after a failure, is shortened at random, so that values are not loaded together.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Jitter { get; set; } = 0.1;

    /// <summary>How long after a failed load the stale copy is served without trying again, shortened by <see cref="Jitter"/>.</summary>
    [TimeRange(Nothing, MostTime)]
    public TimeSpan FailureThrottle { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the other nodes wait at most while one loads the same key. The lock itself ends after half of it, should its owner be gone: a load that takes longer may be repeated by another node.</summary>
    [TimeRange(Nothing, MostTime, MinimumIsExclusive = true)]
    public TimeSpan LoadLock { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a partial answer is kept at most, in memory only.</summary>
    [TimeRange(Nothing, MostTime)]
    public TimeSpan PartialTtl { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>What this node is called where nodes are shown to operators: 1 to 64 characters, none of them a control character. Without one it is <c>node-</c> and four digits that change with each start.</summary>
    public string? NodeName { get; set; }

    /// <summary>How often a node that has PostgreSQL enters there how it is, for the others to show. One that has not for a minute is taken for gone.</summary>
    [TimeRange("00:00:00.1", "00:00:30")]
    public TimeSpan NodeHeartbeat { get; set; } = TimeSpan.FromSeconds(2);

    /// <inheritdoc />
    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (DefaultTtl > MaxEntryLife)
        {
            yield return new(
                SettingText.Wrong("Cache:DefaultTtl (CACHE_DEFAULT_TTL)", $"is {SettingText.Of(DefaultTtl)}", $"at most Cache__MaxEntryLife, which is {SettingText.Of(MaxEntryLife)}", ""),
                [nameof(DefaultTtl), nameof(MaxEntryLife)]);
        }

        if (VerificationWindow <= JournalPoll)
        {
            yield return new(
                SettingText.Wrong("Cache:VerificationWindow", $"is {SettingText.Of(VerificationWindow)}", $"longer than Cache__JournalPoll, which is {SettingText.Of(JournalPoll)}", ""),
                [nameof(VerificationWindow), nameof(JournalPoll)]);
        }

        if (HardTimeout < SoftTimeout)
        {
            yield return new(
                SettingText.Wrong("Cache:HardTimeout", $"is {SettingText.Of(HardTimeout)}", $"at least Cache__SoftTimeout, which is {SettingText.Of(SoftTimeout)}", ""),
                [nameof(HardTimeout), nameof(SoftTimeout)]);
        }

        if (NodeName is { } name && (string.IsNullOrWhiteSpace(name) || name.Length > LongestNodeName || name.Any(char.IsControl)))
        {
            yield return new(
                SettingText.Wrong("Cache:NodeName", "is blank or too long, or has a control character", $"1 to {LongestNodeName} characters, none of them a control character", "eu-1"),
                [nameof(NodeName)]);
        }
    }
}
