using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography.X509Certificates;
using NeuroLab.Infrastructure.Configuration;
using NeuroLab.Infrastructure.Resilience;

namespace NeuroLab.Infrastructure.Caching.Redis;

/// <summary>Settings of the shared tier: section <c>Cache:Redis</c>. Where the store is stands in <c>REDIS_URL</c> or <c>REDIS_HOST</c>.</summary>
[SettingSection(Section, SettingGroup.Redis)]
public sealed class RedisOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Cache:Redis";

    /// <summary>What every key begins with, none of it a control character; no other key is touched.</summary>
    [Setting(SettingGroup.Redis, Default = DefaultKeyPrefix, Bounds = "1 to 128 characters")]
    public const string KeyPrefixName = "Cache:KeyPrefix";

    private const string DefaultKeyPrefix = "neurolab:";
    private const int LongestKeyPrefix = 128;

    /// <summary>The most that a caller waits for one answer of the store.</summary>
    [TimeRange("00:00:00.01", "00:00:30")]
    public TimeSpan HardTimeout { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Calls that may be under way, those that nobody waits for any more included. One more is refused at once.</summary>
    [Range(1, 100_000)]
    public int MaxCallsInFlight { get; set; } = 1000;

    /// <summary>How often the store is asked for its time, by which ages are judged, and which also shows that it lives.</summary>
    [TimeRange("00:00:00.1", "00:01:00")]
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Payloads from this size on, in bytes, are stored compressed where that makes them smaller; 0 turns it off.
    /// The default is where, on JSON, the time on a 1 Gbit/s line saved by a read clearly exceeds the time to decompress.
    /// </summary>
    [Range(0, RedisValueCodec.MaxPayloadBytes)]
    public int CompressFromBytes { get; set; } = 8 * 1024;

    /// <summary>
    /// File with the certificates, as PEM, of the authorities that the server's certificate has to come from, in place of those that the system trusts. Read once, at the
    /// start; only with <c>rediss://</c>.
    /// </summary>
    public string? TlsCaFile { get; set; }

    /// <summary>When the store is no longer asked, and how it is found to be back.</summary>
    public CircuitBreakerSettings Breaker { get; set; } = new();

    /// <summary>What every key begins with: the setting <see cref="KeyPrefixName"/>.</summary>
    internal string KeyPrefix { get; set; } = DefaultKeyPrefix;

    /// <summary>Where the store is; null when none is configured.</summary>
    internal RedisEndpoints? Endpoints { get; set; }

    /// <summary>What <see cref="TlsCaFile"/> holds; null where none is set, or it cannot be read.</summary>
    internal X509Certificate2Collection? TrustedAuthorities { get; set; }

    /// <summary>What is wrong with the place of the store, in a sentence that names the setting; null when nothing is.</summary>
    internal string? EndpointsError { get; set; }

    /// <inheritdoc />
    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        const string Authorities = Section + ":" + nameof(TlsCaFile);
        if (EndpointsError is { } endpoints)
        {
            yield return new(endpoints);
        }

        if (!string.IsNullOrEmpty(TlsCaFile) && TrustedAuthorities is null)
        {
            yield return new(SettingText.Wrong(Authorities, "names a file that cannot be read, or that holds no certificate", "a file with certificates in PEM form", "/etc/ssl/redis-ca.pem"));
        }

        if (!string.IsNullOrEmpty(TlsCaFile) && EndpointsError is null && Endpoints is not { Tls: true })
        {
            yield return new($"{SettingText.EnvironmentName(Authorities)} is set, but {RedisEndpoints.UrlName} does not begin with rediss://; write it so, or take the file away.");
        }

        if (KeyPrefix.Length is 0 or > LongestKeyPrefix || KeyPrefix.Any(char.IsControl))
        {
            yield return new(SettingText.Wrong(KeyPrefixName, "is empty, too long or has a control character", $"1 to {LongestKeyPrefix} characters without control characters", DefaultKeyPrefix));
        }
    }
}
