using System.Globalization;
using System.Net;
using Microsoft.Extensions.Options;

namespace NeuroLab.WebApi.Settings;

/// <summary>What the web side is configured with. Immutable.</summary>
internal sealed record ServiceSettings
{
    /// <summary>Requests a minute that a user, or an address where nobody is signed in, may send; 0 for no limit.</summary>
    public required int RateLimitPerMinute { get; init; }

    /// <summary>The origins whose scripts may call the service; empty for none.</summary>
    public required IReadOnlyList<string> CorsOrigins { get; init; }

    /// <summary>The proxies whose forwarded headers count; empty for none.</summary>
    public required IReadOnlyList<IPAddress> KnownProxies { get; init; }

    /// <summary>The key that opens the administration; null where there is none.</summary>
    public required string? AdminApiKey { get; init; }

    /// <summary>How much is taken on at once.</summary>
    public required RequestLimits Limits { get; init; }

    /// <summary>Who may read the metrics.</summary>
    public required MetricsAccess Metrics { get; init; }

    /// <summary>Reads the settings.</summary>
    /// <exception cref="OptionsValidationException">One or more are wrong; each failure is a sentence that names its setting.</exception>
    public static ServiceSettings Read(IConfiguration configuration)
    {
        var failures = new List<string>();
        var settings = new ServiceSettings
        {
            RateLimitPerMinute = RateLimit(configuration["RATE_LIMIT_PER_MINUTE"], failures),
            CorsOrigins = Origins(configuration.GetSection("Cors:Origins"), failures),
            KnownProxies = Proxies(configuration.GetSection("ForwardedHeaders:KnownProxies"), failures),
            AdminApiKey = AdminKey(configuration["Authentication:AdminApiKey"], failures),
            Limits = RequestLimits.Read(configuration, failures),
            Metrics = MetricsAccessOf(configuration["Metrics:Access"], failures),
        };
        return failures.Count == 0 ? settings : throw new OptionsValidationException("service", typeof(ServiceSettings), failures);
    }

    private static int RateLimit(string? text, List<string> failures)
    {
        const int ByDefault = 6000;
        const int Most = 10_000_000;
        if (string.IsNullOrEmpty(text))
        {
            return ByDefault;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit <= Most)
        {
            return limit;
        }

        failures.Add($"RATE_LIMIT_PER_MINUTE must be a whole number from 0 (no limit) to {Most}.");
        return ByDefault;
    }

    private static string[] Origins(IConfigurationSection section, List<string> failures)
    {
        var origins = Values(section);
        foreach (var (name, origin) in origins)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")
                || !string.Equals(uri.GetLeftPart(UriPartial.Authority), origin, StringComparison.OrdinalIgnoreCase))
            {
                failures.Add($"{name} must be an origin, such as https://app.example.org: scheme, host and port, no path, no wildcard.");
            }
        }

        return [.. origins.Select(origin => origin.Value)];
    }

    private static IPAddress[] Proxies(IConfigurationSection section, List<string> failures)
    {
        var proxies = new List<IPAddress>();
        foreach (var (name, text) in Values(section))
        {
            if (IPAddress.TryParse(text, out var address))
            {
                proxies.Add(address);
            }
            else
            {
                failures.Add($"{name} must be the IP address of a proxy.");
            }
        }

        return [.. proxies];
    }

    private static string? AdminKey(string? key, List<string> failures)
    {
        const int Least = 16;
        if (string.IsNullOrEmpty(key))
        {
            return null;
        }

        if (key.Length < Least || key.Any(c => c is < '!' or > '~'))
        {
            failures.Add($"Authentication:AdminApiKey must have at least {Least} characters, all of them printable ASCII without spaces.");
        }

        return key;
    }

    private static MetricsAccess MetricsAccessOf(string? text, List<string> failures)
    {
        if (string.IsNullOrEmpty(text))
        {
            return MetricsAccess.Admin;
        }

        foreach (var access in Enum.GetValues<MetricsAccess>())
        {
            if (string.Equals(access.ToString(), text, StringComparison.OrdinalIgnoreCase))
            {
                return access;
            }
        }

        failures.Add("Metrics:Access (Metrics__Access) must be off, admin or anyone.");
        return MetricsAccess.Admin;
    }

    private static List<(string Name, string Value)> Values(IConfigurationSection section) =>
        [.. section.GetChildren().Select(child => (child.Path, child.Value ?? ""))];
}
