using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;
using NeuroLab.Infrastructure.Configuration;

namespace NeuroLab.Infrastructure.Caching.Redis;

/// <summary>Where the store is and how to sign in. Immutable. Never written to a log: it has a password.</summary>
internal sealed record RedisEndpoints
{
    /// <summary>Where Redis is: <c>redis://[user:password@]host:port/db</c>, or <c>rediss://</c> for TLS; hosts with commas between them are a cluster. Wins over <c>REDIS_HOST</c>. Without either: memory only.</summary>
    [Setting(SettingGroup.Redis, IsSecret = true)]
    public const string UrlName = "REDIS_URL";

    /// <summary>The host, where there is no <c>REDIS_URL</c>; several with commas between them are a cluster.</summary>
    [Setting(SettingGroup.Redis)]
    public const string HostName = "REDIS_HOST";

    /// <summary>Its port, where <c>REDIS_HOST</c> names none.</summary>
    [Setting(SettingGroup.Redis, Default = DefaultPort, Bounds = "from 1 to 65535")]
    public const string PortName = "REDIS_PORT";

    /// <summary>Its database, where there is no <c>REDIS_URL</c>; a cluster has 0 alone.</summary>
    [Setting(SettingGroup.Redis, Default = 0, Bounds = "from 0 to 1023")]
    public const string DatabaseName = "REDIS_DB";

    private const int DefaultPort = 6379;
    private const int MaxDatabase = 1023;

    public required IReadOnlyList<(string Host, int Port)> Hosts { get; init; }

    public int Database { get; init; }

    public string? User { get; init; }

    public string? Password { get; init; }

    public bool Tls { get; init; }

    /// <summary>Several hosts are the seeds of a cluster.</summary>
    public bool IsCluster => Hosts.Count > 1;

    /// <summary>Reads <c>REDIS_URL</c>, or else <c>REDIS_HOST</c>, <c>REDIS_PORT</c> and <c>REDIS_DB</c>.</summary>
    /// <returns>Neither: nothing is configured. An error: a sentence that names the setting and repeats no part of a URL.</returns>
    public static (RedisEndpoints? Endpoints, string? Error) Read(IConfiguration configuration)
    {
        if (configuration[UrlName] is { } url && !string.IsNullOrWhiteSpace(url))
        {
            return FromUrl(url.Trim());
        }

        if (configuration[HostName] is not { } hosts || string.IsNullOrWhiteSpace(hosts))
        {
            return (null, null);
        }

        var port = DefaultPort;
        if (configuration[PortName] is { } portText && !string.IsNullOrWhiteSpace(portText) && !TryPort(portText.Trim(), out port))
        {
            return (null, SettingText.Wrong(PortName, "is no port", "a whole number from 1 to 65535", "6379"));
        }

        var database = 0;
        if (configuration[DatabaseName] is { } databaseText && !string.IsNullOrWhiteSpace(databaseText) && !TryDatabase(databaseText.Trim(), out database))
        {
            return (null, SettingText.Wrong(DatabaseName, "is no database number", $"a whole number from 0 to {MaxDatabase}", "0"));
        }

        return TryHosts(hosts, port, out var list)
            ? Checked(new RedisEndpoints { Hosts = list, Database = database }, DatabaseName)
            : (null, $"{HostName} is a host name or address, or several with commas between them, each with or without a port, such as redis1:6379,redis2:6379.");
    }

    /// <inheritdoc />
    public override string ToString() => "Redis";

    private static (RedisEndpoints? Endpoints, string? Error) FromUrl(string url)
    {
        var form = SettingText.Wrong(
            UrlName, "cannot be read", "redis://[user:password@]host:port/db, or rediss:// for TLS, several hosts with commas between them", "redis://cache.internal:6379/0");
        var tls = url.StartsWith("rediss://", StringComparison.OrdinalIgnoreCase);
        if (!tls && !url.StartsWith("redis://", StringComparison.OrdinalIgnoreCase))
        {
            return (null, form);
        }

        var rest = url[(tls ? 9 : 8)..];
        if (rest.AsSpan().ContainsAny('?', '#'))
        {
            return (null, form + " It takes no options; a ? or # in a password is written %3F or %23.");
        }

        string? user = null, password = null;
        var at = rest.LastIndexOf('@');
        if (at >= 0)
        {
            var colon = rest.AsSpan(0, at).IndexOf(':');
            if (colon < 0)
            {
                return (null, form + " The user and the password stand with a colon between them; without a user it begins with the colon.");
            }

            user = colon == 0 ? null : Uri.UnescapeDataString(rest[..colon]);
            password = Uri.UnescapeDataString(rest[(colon + 1)..at]);
            rest = rest[(at + 1)..];
        }

        var database = 0;
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
        {
            if (slash + 1 < rest.Length && !TryDatabase(rest[(slash + 1)..], out database))
            {
                return (null, $"{UrlName} ends in a database number from 0 to {MaxDatabase}, or in none. A / in a password is written %2F.");
            }

            rest = rest[..slash];
        }

        return TryHosts(rest, DefaultPort, out var hosts)
            ? Checked(new RedisEndpoints { Hosts = hosts, Database = database, User = user, Password = password, Tls = tls }, UrlName)
            : (null, form);
    }

    private static (RedisEndpoints? Endpoints, string? Error) Checked(RedisEndpoints endpoints, string setting) =>
        endpoints is { IsCluster: true, Database: not 0 }
            ? (null, $"{setting} names a database other than 0, and several hosts are a cluster, which has database 0 alone.")
            : (endpoints, null);

    private static bool TryHosts(string text, int defaultPort, out List<(string Host, int Port)> hosts)
    {
        hosts = [];
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var host = part;
            var port = defaultPort;
            var colon = part.LastIndexOf(':');
            var isBareAddress = IPAddress.TryParse(part, out var address) && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 && part[0] != '[';
            if (!isBareAddress && colon > part.LastIndexOf(']'))
            {
                if (!TryPort(part.AsSpan(colon + 1), out port))
                {
                    return false;
                }

                host = part[..colon];
            }

            host = host.Trim('[', ']');
            if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
            {
                return false;
            }

            hosts.Add((host, port));
        }

        return hosts.Count > 0;
    }

    private static bool TryPort(ReadOnlySpan<char> text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535;

    private static bool TryDatabase(string text, out int database) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out database) && database <= MaxDatabase;
}
