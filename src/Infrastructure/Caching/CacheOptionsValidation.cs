using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace NeuroLab.Infrastructure.Caching;

/// <summary>Finds every wrong setting at once, each with a sentence that names it.</summary>
internal sealed class CacheOptionsValidation(IConfiguration section) : IValidateOptions<CacheOptions>
{
    /// <summary>The engine's own settings, and those that the tiers and the database read for themselves.</summary>
    private static readonly HashSet<string> Known =
        new(typeof(CacheOptions).GetProperties().Select(property => property.Name).Concat(["KeyPrefix", "Redis", "Database"]), StringComparer.OrdinalIgnoreCase);

    public ValidateOptionsResult Validate(string? name, CacheOptions options)
    {
        var wrong = new List<string>();
        foreach (var unknown in section.GetChildren().Select(child => child.Key).Where(key => !Known.Contains(key)))
        {
            wrong.Add($"Cache:{unknown} is not a setting.");
        }

        Positive(nameof(options.DefaultTtl), options.DefaultTtl, "CACHE_DEFAULT_TTL");
        NotNegative(nameof(options.StaleThreshold), options.StaleThreshold, "CACHE_STALE_THRESHOLD");
        Positive(nameof(options.MaxEntryLife), options.MaxEntryLife);
        Positive(nameof(options.MemoryTtlCap), options.MemoryTtlCap);
        Positive(nameof(options.PromotionTtl), options.PromotionTtl);
        Positive(nameof(options.CleanupInterval), options.CleanupInterval);
        Positive(nameof(options.JournalPoll), options.JournalPoll);
        Positive(nameof(options.JournalReadTimeout), options.JournalReadTimeout);
        Positive(nameof(options.SoftTimeout), options.SoftTimeout);
        Positive(nameof(options.LoadLock), options.LoadLock);
        NotNegative(nameof(options.FailureThrottle), options.FailureThrottle);
        NotNegative(nameof(options.PartialTtl), options.PartialTtl);
        Check(options.DefaultTtl <= options.MaxEntryLife, "Cache:DefaultTtl (CACHE_DEFAULT_TTL) must be at most Cache:MaxEntryLife.");
        Check(options.MemoryMaxSize >= 1, "Cache:MemoryMaxSize (CACHE_MEMORY_MAX_SIZE) must be 1 or more.");
        Check(options.MemoryMaxBytes >= 1, "Cache:MemoryMaxBytes must be 1 or more.");
        Check(options.VerificationWindow > options.JournalPoll, "Cache:VerificationWindow must be longer than Cache:JournalPoll.");
        Check(options.HardTimeout >= options.SoftTimeout, "Cache:HardTimeout must be at least Cache:SoftTimeout.");
        Check(options.MaxRecords >= 100, "Cache:MaxRecords must be 100 or more.");
        Check(options.EagerRefresh is > 0 and <= 1, "Cache:EagerRefresh must be above 0 and at most 1.");
        Check(options.Jitter is >= 0 and < 1, "Cache:Jitter must be 0 or more and below 1.");
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);

        void Check(bool right, string sentence)
        {
            if (!right)
            {
                wrong.Add(sentence);
            }
        }

        void Positive(string setting, TimeSpan value, string? alias = null) =>
            Check(value > TimeSpan.Zero && value <= TimeSpan.FromDays(30), $"Cache:{setting}{(alias is null ? "" : $" ({alias})")} must be more than zero and at most 30 days.");

        void NotNegative(string setting, TimeSpan value, string? alias = null) =>
            Check(value >= TimeSpan.Zero && value <= TimeSpan.FromDays(30), $"Cache:{setting}{(alias is null ? "" : $" ({alias})")} must be zero or more and at most 30 days.");
    }
}
