using System.Globalization;
using System.Net;
using Microsoft.Extensions.Options;
using NeuroLab.Infrastructure.Configuration;
using NeuroLab.WebApi.Http;

namespace NeuroLab.WebApi.Settings;

/// <summary>What the web side is configured with. Immutable.</summary>
internal sealed record ServiceSettings
{
    /// <summary>Requests a minute that a user, or an address where nobody is signed in, may send; 0 turns every limit off but that on failed sign-ins.</summary>
    [Setting(SettingGroup.Service, Default = DefaultRateLimit, Bounds = "from 0 to 10000000")]
    public const string RateLimitName = "RATE_LIMIT_PER_MINUTE";

    /// <summary>Origins whose scripts may call the service.</summary>
    [Setting(SettingGroup.Service, IsList = true, Bounds = "scheme, host and port")]
    public const string CorsOriginsName = "Cors:Origins";

    /// <summary>IP addresses of the proxies whose forwarded headers count.</summary>
    [Setting(SettingGroup.Service, IsList = true)]
    public const string KnownProxiesName = "ForwardedHeaders:KnownProxies";

    /// <summary>The path below which a proxy has the service, such as <c>/neurolab</c>, where the proxy does not say so itself.</summary>
    [Setting(SettingGroup.Service, Bounds = "a plain path")]
    public const string PathBaseName = "ASPNETCORE_PATHBASE";

    /// <summary>Opens the administration by the header <c>X-Admin-API-Key</c>.</summary>
    [Setting(SettingGroup.Service, IsSecret = true, Bounds = "16 or more printable ASCII characters, no spaces")]
    public const string AdminApiKeyName = "Authentication:AdminApiKey";

    /// <summary>
    /// Who may read <c>/metrics</c>: <c>admin</c> (the role, or the administrator's key), <c>anyone</c>, or <c>off</c>: there is no such page, and nothing is collected for it.
    /// </summary>
    [Setting(SettingGroup.Telemetry, Default = "admin", Bounds = "admin, anyone or off")]
    public const string MetricsAccessName = "Metrics:Access";

    /// <summary>What the host leaves of the name of <see cref="PathBaseName"/>.</summary>
    private const string PathBaseKey = "PathBase";
    private const int DefaultRateLimit = 6000;
    private const int MostRateLimit = 10_000_000;
    private const int ShortestAdminKey = 16;

    /// <summary>Requests a minute that a user, or an address where nobody is signed in, may send; 0 for no limit.</summary>
    public required int RateLimitPerMinute { get; init; }

    /// <summary>The origins whose scripts may call the service; empty for none.</summary>
    public required IReadOnlyList<string> CorsOrigins { get; init; }

    /// <summary>The proxies whose forwarded headers count; empty for none.</summary>
    public required IReadOnlyList<IPAddress> KnownProxies { get; init; }

    /// <summary>The path below which a proxy has the service, where it does not say so itself, such as <c>/neurolab</c>; null for none.</summary>
    public required string? PathBase { get; init; }

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
        var limits = new RequestLimits();
        failures.AddRange(InfrastructureSettings.FailuresOf(() => limits = SettingReader.Read<RequestLimits>(configuration)));
        var settings = new ServiceSettings
        {
            RateLimitPerMinute = RateLimit(configuration[RateLimitName]?.Trim(), failures),
            CorsOrigins = Origins(SettingList.Read(configuration, CorsOriginsName, failures), failures),
            KnownProxies = Proxies(SettingList.Read(configuration, KnownProxiesName, failures), failures),
            PathBase = Path(configuration[PathBaseKey], failures),
            AdminApiKey = AdminKey(configuration[AdminApiKeyName], failures),
            Limits = limits,
            Metrics = MetricsAccessOf(configuration[MetricsAccessName]?.Trim(), failures),
        };
        return failures.Count == 0 ? settings : throw new OptionsValidationException("service", typeof(ServiceSettings), failures);
    }

    /// <summary>What is wrong with an administrator's key, as a sentence; null where nothing is.</summary>
    /// <param name="name">Where it stands.</param>
    /// <param name="key">The key; no part of it is in the sentence.</param>
    public static string? AdminKeyFailure(string name, string key) => key.Length < ShortestAdminKey || key.Any(c => c is < '!' or > '~')
        ? SettingText.Wrong(name, "is too short, or has other characters", $"{ShortestAdminKey} or more characters of printable ASCII without spaces", "what 'openssl rand -hex 24' prints")
        : null;

    private static int RateLimit(string? text, List<string> failures)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return DefaultRateLimit;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit <= MostRateLimit)
        {
            return limit;
        }

        failures.Add(SettingText.Wrong(RateLimitName, "is no such number", $"a whole number from 0 (no limit) to {MostRateLimit}", $"{DefaultRateLimit}"));
        return DefaultRateLimit;
    }

    private static string[] Origins(IReadOnlyList<(string Key, string Value)> origins, List<string> failures)
    {
        foreach (var (name, origin) in origins)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0
                || !string.Equals(uri.GetLeftPart(UriPartial.Authority), origin, StringComparison.OrdinalIgnoreCase))
            {
                failures.Add(SettingText.Wrong(name, "is no origin", "scheme, host and port, without a path or a wildcard", "https://app.example.org"));
            }
        }

        return [.. origins.Select(origin => origin.Value)];
    }

    private static IPAddress[] Proxies(IReadOnlyList<(string Key, string Value)> addresses, List<string> failures)
    {
        var proxies = new List<IPAddress>();
        foreach (var (name, text) in addresses)
        {
            if (IPAddress.TryParse(text, out var address))
            {
                proxies.Add(address);
            }
            else
            {
                failures.Add(SettingText.Wrong(name, "is no address", "the IP address of a proxy", "10.0.0.7"));
            }
        }

        return [.. proxies];
    }

    private static string? Path(string? path, List<string> failures)
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            return null;
        }

        if (!PublicPath.IsPlain(path))
        {
            failures.Add(SettingText.Wrong(PathBaseName, "is no plain path", "a slash, then letters, digits and . _ ~ - with slashes between, and none at the end", "/neurolab"));
        }
        else if (PublicPath.IsOwn(path))
        {
            failures.Add(SettingText.Wrong(PathBaseName, "begins like a path of the service itself", $"a path whose first part is none of {PublicPath.OwnNames}", "/neurolab"));
        }

        return path;
    }

    private static string? AdminKey(string? key, List<string> failures)
    {
        if (string.IsNullOrWhiteSpace(key))
        {
            return null;
        }

        if (AdminKeyFailure(AdminApiKeyName, key) is { } failure)
        {
            failures.Add(failure);
        }

        return key;
    }

    private static MetricsAccess MetricsAccessOf(string? text, List<string> failures)
    {
        if (string.IsNullOrWhiteSpace(text))
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

        failures.Add(SettingText.Wrong(MetricsAccessName, "is none of the three", "admin, anyone or off", "admin"));
        return MetricsAccess.Admin;
    }
}
