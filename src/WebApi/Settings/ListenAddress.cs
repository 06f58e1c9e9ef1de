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

    /// <summary>What is wrong with the setting, a sentence for each address.</summary>
    public static IEnumerable<string> Failures(IConfiguration configuration) => Addresses(configuration)
        .Where(address => Parse(address) is null)
        .Select(_ => SettingText.Wrong(Name, "has an address that cannot be read", "one or more addresses with semicolons between them", "http://0.0.0.0:5080"));

    /// <summary>Whether nothing says where to listen, neither this setting nor another of the framework's.</summary>
    public static bool IsLeftOpen(IConfiguration configuration) =>
        string.IsNullOrEmpty(configuration[WebHostDefaults.ServerUrlsKey])
        && string.IsNullOrEmpty(configuration["HTTP_PORTS"]) && string.IsNullOrEmpty(configuration["HTTPS_PORTS"])
        && !configuration.GetSection("Kestrel:Endpoints").Exists();

    /// <summary>Where a client on the same machine finds the service: the first address, http before https; of one that stands for all addresses, this machine's.</summary>
    public static Uri ForThisMachine(IConfiguration configuration)
    {
        var addresses = Addresses(configuration).Select(Parse).OfType<BindingAddress>().Where(address => !address.IsUnixPipe && !address.IsNamedPipe).ToList();
        var address = addresses.FirstOrDefault(one => one.Scheme == Uri.UriSchemeHttp) ?? addresses.FirstOrDefault();
        return address is null ? new Uri(Default) : new Uri($"{address.Scheme}://{(IsEverywhere(address.Host) ? "127.0.0.1" : address.Host)}:{address.Port}{address.PathBase}");
    }

    private static string[] Addresses(IConfiguration configuration) =>
        (configuration[WebHostDefaults.ServerUrlsKey] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool IsEverywhere(string host) => host is "+" or "*" or "0.0.0.0" or "[::]";

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
