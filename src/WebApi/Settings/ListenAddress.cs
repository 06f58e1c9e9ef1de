using System.Net;
using NeuroLab.Infrastructure.Configuration;

namespace NeuroLab.WebApi.Settings;

/// <summary>Where the service listens, and where it is found from the same machine.</summary>
internal static class ListenAddress
{
    /// <summary>Where it listens: <c>http://</c> with an address and a port; several with semicolons between them.</summary>
    [Setting(SettingGroup.Service, Default = Default)]
    public const string Name = "ASPNETCORE_URLS";

    /// <summary>Where it listens if nothing says otherwise: to this machine alone.</summary>
    public const string Default = "http://127.0.0.1:5080";

    private const string Endpoints = "Kestrel:Endpoints";

    /// <summary>What is wrong with the setting, a sentence for each address.</summary>
    public static IEnumerable<string> Failures(IConfiguration configuration) => Split(configuration[WebHostDefaults.ServerUrlsKey])
        .Where(address => Parse(address) is null)
        .Select(_ => SettingText.Wrong(Name, "has an address that cannot be read", "one or more addresses with semicolons between them", "http://0.0.0.0:5080"));

    /// <summary>Whether nothing says where to listen, neither this setting nor another of the framework's.</summary>
    public static bool IsLeftOpen(IConfiguration configuration) =>
        Addresses(configuration).Length == 0 && !configuration.GetSection(Endpoints).Exists();

    /// <summary>Where a client on the same machine finds the service: the first address, http before https; of one that stands for all addresses, this machine's.</summary>
    /// <returns>Null where it listens at what is no address of HTTP, such as a socket of Unix.</returns>
    public static Uri? ForThisMachine(IConfiguration configuration)
    {
        var addresses = Addresses(configuration).Select(Parse).OfType<BindingAddress>().Where(address => !address.IsUnixPipe && !address.IsNamedPipe).ToList();
        var address = addresses.FirstOrDefault(one => one.Scheme == Uri.UriSchemeHttp) ?? addresses.FirstOrDefault();
        return address is null ? IsLeftOpen(configuration) ? new Uri(Default) : null
            : new Uri($"{address.Scheme}://{(IsEverywhere(address.Host) ? "127.0.0.1" : address.Host)}:{address.Port}{address.PathBase}");
    }

    /// <summary>Where the server listens, in its own order: endpoints of its section win over addresses, and those over mere ports.</summary>
    private static string[] Addresses(IConfiguration configuration)
    {
        string[] endpoints = [.. configuration.GetSection(Endpoints).GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>()];
        var urls = Split(configuration[WebHostDefaults.ServerUrlsKey]);
        return endpoints.Length > 0 ? endpoints
            : urls.Length > 0 ? urls
            : [.. Split(configuration["HTTP_PORTS"]).Select(port => $"http://*:{port}"), .. Split(configuration["HTTPS_PORTS"]).Select(port => $"https://*:{port}")];
    }

    private static string[] Split(string? list) => (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Whether the server listens at all addresses for a host: it does for every name but one, whatever that name leads to.</summary>
    private static bool IsEverywhere(string host) => !string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        && (!IPAddress.TryParse(host.Trim('[', ']'), out var address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));

    private static BindingAddress? Parse(string address)
    {
        try
        {
            return BindingAddress.Parse(address);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
