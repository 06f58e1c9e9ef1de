using System.ComponentModel.DataAnnotations;
using NeuroLab.Infrastructure.Configuration;
using NeuroLab.Infrastructure.Resilience;

namespace NeuroLab.Infrastructure.Persistence;

/// <summary>How the database is called. Section <c>Cache:Database</c>; validated at start.</summary>
[SettingSection(Section, SettingGroup.Database)]
public sealed class DatabaseOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Cache:Database";

    /// <summary>How often a read that met a transient fault is tried again. Commits never are.</summary>
    [Range(0, 10)]
    public int Retries { get; set; } = 3;

    /// <summary>The wait before the first retry; it doubles each time and is jittered.</summary>
    [TimeRange("00:00:00.001", "00:00:05")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long one try may take. Longer than the slowest honest query: a stale copy does not wait for it. A lock that somebody else holds is waited for six tenths of that.</summary>
    [TimeRange("00:00:00.05", "00:05:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a read may take with all its tries; before, it may wait three times as long for its turn. At least <see cref="AttemptTimeout"/>.</summary>
    [TimeRange("00:00:00.05", "00:10:00")]
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one read of the journal may take.</summary>
    [TimeRange("00:00:00.05", "00:01:00")]
    public TimeSpan JournalTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Records that one reading of the journal takes; with more, everything leased before the newest of them is loaded again.</summary>
    [Range(100, 1_000_000)]
    public int JournalMaxRecords { get; set; } = 50_000;

    /// <summary>How long the probe of an open breaker, or a health check, may take.</summary>
    [TimeRange("00:00:00.05", "00:01:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the start waits for a PostgreSQL server before it goes on without; the schema is then made as soon as the server answers.</summary>
    [TimeRange("00:00:00", "00:05:00")]
    public TimeSpan StartupWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many reads may be under way at once on this node; the others wait for their turn, up to three times <see cref="TotalTimeout"/>. Readings of the journal for what is new, commands and health checks are not counted.</summary>
    [Range(1, 1000)]
    public int MaxConcurrentReads { get; set; } = 20;

    /// <summary>How many calls that were given up may still hang on a frozen server; beyond it calls fail at once.</summary>
    [Range(1, 10_000)]
    public int MaxAbandonedCalls { get; set; } = 32;

    /// <summary>Share of failed calls that opens the breaker.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double BreakerFailureRatio { get; set; } = 0.5;

    /// <summary>Calls within the sampling time below which the breaker never opens.</summary>
    [Range(2, 100_000)]
    public int BreakerMinimumThroughput { get; set; } = 5;

    /// <summary>Over what time calls are counted.</summary>
    [TimeRange("00:00:00.5", "01:00:00")]
    public TimeSpan BreakerSamplingDuration { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often an open breaker asks whether the database is back.</summary>
    [TimeRange("00:00:00.01", "00:01:00")]
    public TimeSpan BreakerProbeInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>After what time a caller is let through although no probe has succeeded.</summary>
    [TimeRange("00:00:00.5", "01:00:00")]
    public TimeSpan BreakerMaxBreak { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a statement waits for what somebody else has locked: less than <see cref="AttemptTimeout"/>, so that it ends as what it is.</summary>
    internal TimeSpan LockTimeout => AttemptTimeout * 0.6;

    /// <summary>How long a read waits for its turn: a node that is cold, or has to do with everybody at once, is slow and not out of order.</summary>
    internal TimeSpan TurnTimeout => TotalTimeout * 3;

    internal CircuitBreakerSettings Breaker => new()
    {
        FailureRatio = BreakerFailureRatio,
        MinimumThroughput = BreakerMinimumThroughput,
        SamplingDuration = BreakerSamplingDuration,
        ProbeInterval = BreakerProbeInterval,
        MaxBreak = BreakerMaxBreak,
    };

    /// <inheritdoc />
    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (TotalTimeout < AttemptTimeout)
        {
            yield return new(
                SettingText.Wrong("Cache:Database:TotalTimeout", $"is {SettingText.Of(TotalTimeout)}", $"at least Cache__Database__AttemptTimeout, which is {SettingText.Of(AttemptTimeout)}", ""),
                [nameof(TotalTimeout), nameof(AttemptTimeout)]);
        }
    }
}
