using Microsoft.Extensions.Options;
using NeuroLab.Infrastructure.Resilience;

namespace NeuroLab.Infrastructure.Persistence;

/// <summary>How the database is called. Section <c>Cache:Database</c>; validated at start.</summary>
public sealed class DatabaseOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Cache:Database";

    /// <summary>How often a read that met a transient fault is tried again, 0 to 10. Commits are never tried again.</summary>
    public int Retries { get; set; } = 3;

    /// <summary>The wait before the first retry, more than zero and at most 5 s; it doubles each time and is jittered.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long one try may take, 50 ms to 5 min. Longer than the slowest honest query: a stale copy does not wait for it.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a read may take with all its tries; before, it may wait three times as long for its turn. At least <see cref="AttemptTimeout"/>, at most 10 min.</summary>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one read of the journal may take, 50 ms to 1 min.</summary>
    public TimeSpan JournalTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Records that one reading of the journal takes; with more, everything leased before the newest of them is loaded again. 100 to 1,000,000.</summary>
    public int JournalMaxRecords { get; set; } = 50_000;

    /// <summary>How long the probe of an open breaker, or a health check, may take, 50 ms to 1 min.</summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the start waits for a PostgreSQL server before it goes on without, 0 to 5 min; the schema is then made as soon as the server answers.</summary>
    public TimeSpan StartupWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many reads may be under way at once on this node, 1 to 1,000; the others wait for their turn. The journal, commands and health checks are not counted.</summary>
    public int MaxConcurrentReads { get; set; } = 20;

    /// <summary>How many calls that were given up may still hang on a frozen server, 1 to 10,000; beyond it calls fail at once.</summary>
    public int MaxAbandonedCalls { get; set; } = 32;

    /// <summary>Share of failed calls that opens the breaker, above 0 to 1.</summary>
    public double BreakerFailureRatio { get; set; } = 0.5;

    /// <summary>Calls within the sampling time below which the breaker never opens, 2 to 100,000.</summary>
    public int BreakerMinimumThroughput { get; set; } = 5;

    /// <summary>Over what time calls are counted, 0.5 s to 1 h.</summary>
    public TimeSpan BreakerSamplingDuration { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often an open breaker asks whether the database is back, 10 ms to 1 min.</summary>
    public TimeSpan BreakerProbeInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>After what time a caller is let through although no probe has succeeded, 0.5 s to 1 h.</summary>
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
}

/// <summary>Refuses settings that cannot work, naming each.</summary>
internal sealed class DatabaseOptionsValidator : IValidateOptions<DatabaseOptions>
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan HalfSecond = TimeSpan.FromSeconds(0.5);

    public ValidateOptionsResult Validate(string? name, DatabaseOptions options)
    {
        var errors = new List<string>();
        Number(nameof(options.Retries), options.Retries, 0, 10);
        Time(nameof(options.RetryDelay), options.RetryDelay, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(5));
        Time(nameof(options.AttemptTimeout), options.AttemptTimeout, Least, TimeSpan.FromMinutes(5));
        Time(nameof(options.TotalTimeout), options.TotalTimeout, options.AttemptTimeout, TimeSpan.FromMinutes(10));
        Number(nameof(options.JournalMaxRecords), options.JournalMaxRecords, 100, 1_000_000);
        Time(nameof(options.JournalTimeout), options.JournalTimeout, Least, TimeSpan.FromMinutes(1));
        Time(nameof(options.ProbeTimeout), options.ProbeTimeout, Least, TimeSpan.FromMinutes(1));
        Time(nameof(options.StartupWait), options.StartupWait, TimeSpan.Zero, TimeSpan.FromMinutes(5));
        Number(nameof(options.MaxConcurrentReads), options.MaxConcurrentReads, 1, 1000);
        Number(nameof(options.MaxAbandonedCalls), options.MaxAbandonedCalls, 1, 10_000);
        Number(nameof(options.BreakerMinimumThroughput), options.BreakerMinimumThroughput, 2, 100_000);
        Time(nameof(options.BreakerSamplingDuration), options.BreakerSamplingDuration, HalfSecond, TimeSpan.FromHours(1));
        Time(nameof(options.BreakerProbeInterval), options.BreakerProbeInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        Time(nameof(options.BreakerMaxBreak), options.BreakerMaxBreak, HalfSecond, TimeSpan.FromHours(1));
        if (!(options.BreakerFailureRatio is > 0 and <= 1))
        {
            errors.Add($"{DatabaseOptions.Section}:{nameof(options.BreakerFailureRatio)} must be above 0 and at most 1.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Number(string setting, int value, int least, int most)
        {
            if (value < least || value > most)
            {
                errors.Add($"{DatabaseOptions.Section}:{setting} must be from {least} to {most}.");
            }
        }

        void Time(string setting, TimeSpan value, TimeSpan least, TimeSpan most)
        {
            if (value < least || value > most)
            {
                errors.Add($"{DatabaseOptions.Section}:{setting} must be from {least:c} to {most:c}.");
            }
        }
    }
}
