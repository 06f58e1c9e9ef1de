using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;
using NeuroLab.Infrastructure.Resilience;

namespace NeuroLab.Infrastructure.Caching.Redis;

/// <summary>Settings of the shared tier: section <c>Cache:Redis</c>. Where the store is stands in <c>REDIS_URL</c> or <c>REDIS_HOST</c>.</summary>
public sealed class RedisOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Cache:Redis";

    /// <summary>The most that a caller waits for one answer of the store; 10 ms to 30 s.</summary>
    public TimeSpan HardTimeout { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Calls that may be under way, those that nobody waits for any more included; 1 to 100,000. One more is refused at once.</summary>
    public int MaxCallsInFlight { get; set; } = 1000;

    /// <summary>How often the store is asked for its time, which also shows that it lives; 0.1 s to 60 s.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Payloads from this size on, in bytes, are stored compressed where that makes them smaller; 0 turns it off. Up to 64 MiB.
    /// The default is where, on JSON, the time on a 1 Gbit/s line saved by a read clearly exceeds the time to decompress.
    /// </summary>
    public int CompressFromBytes { get; set; } = 8 * 1024;

    /// <summary>
    /// File with the certificates, as PEM, of the authorities that the server's certificate has to come from, in place of those that the system trusts. Read once, at the
    /// start; only with <c>rediss://</c>.
    /// </summary>
    public string? TlsCaFile { get; set; }

    /// <summary>When the store is no longer asked, and how it is found to be back.</summary>
    public CircuitBreakerSettings Breaker { get; set; } = new();

    /// <summary>What every key begins with; 1 to 128 characters, none of them a control character. Setting <c>Cache:KeyPrefix</c>.</summary>
    internal string KeyPrefix { get; set; } = "neurolab:";

    /// <summary>Where the store is; null when none is configured.</summary>
    internal RedisEndpoints? Endpoints { get; set; }

    /// <summary>What <see cref="TlsCaFile"/> holds; null where none is set, or it cannot be read.</summary>
    internal X509Certificate2Collection? TrustedAuthorities { get; set; }

    /// <summary>What is wrong with the place of the store, in a sentence that names the setting; null when nothing is.</summary>
    internal string? EndpointsError { get; set; }
}

/// <summary>Stops the start where a setting is wrong.</summary>
internal sealed class RedisOptionsValidator : IValidateOptions<RedisOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, RedisOptions options)
    {
        var errors = new List<string>();
        if (options.EndpointsError is { } endpoints)
        {
            errors.Add(endpoints);
        }

        if (!string.IsNullOrEmpty(options.TlsCaFile))
        {
            if (options.TrustedAuthorities is null)
            {
                errors.Add($"{RedisOptions.Section}:{nameof(options.TlsCaFile)} names a file that cannot be read, or that holds no certificate in PEM form.");
            }

            if (options.Endpoints is not { Tls: true })
            {
                errors.Add($"{RedisOptions.Section}:{nameof(options.TlsCaFile)} is set, but REDIS_URL does not begin with rediss://.");
            }
        }

        Between(nameof(options.HardTimeout), options.HardTimeout, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(30));
        Between(nameof(options.MaxCallsInFlight), options.MaxCallsInFlight, 1, 100_000);
        Between(nameof(options.HeartbeatInterval), options.HeartbeatInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(60));
        Between(nameof(options.CompressFromBytes), options.CompressFromBytes, 0, RedisValueCodec.MaxPayloadBytes);
        Between("Breaker:FailureRatio", options.Breaker.FailureRatio, 0.01, 1);
        Between("Breaker:MinimumThroughput", options.Breaker.MinimumThroughput, 2, 100_000);
        Between("Breaker:SamplingDuration", options.Breaker.SamplingDuration, TimeSpan.FromSeconds(0.5), TimeSpan.FromHours(1));
        Between("Breaker:ProbeInterval", options.Breaker.ProbeInterval, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(10));
        Between("Breaker:MaxBreak", options.Breaker.MaxBreak, TimeSpan.FromSeconds(0.5), TimeSpan.FromHours(1));
        if (options.KeyPrefix.Length is 0 or > 128 || options.KeyPrefix.Any(char.IsControl))
        {
            errors.Add("Cache:KeyPrefix has 1 to 128 characters, none of them a control character.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Between<T>(string setting, T value, T least, T most)
            where T : IComparable<T>
        {
            if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            {
                errors.Add($"{RedisOptions.Section}:{setting} is {value}; it must be from {least} to {most}.");
            }
        }
    }
}
