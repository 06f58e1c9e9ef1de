using NeuroLab.IntegrationTests.EndToEnd;

namespace NeuroLab.IntegrationTests.OpenApi;

/// <summary>The service as it is set up behind a proxy, three times: it knows the proxy; it knows the path as well; it knows neither. Processes, for the settings are read at the start.</summary>
public sealed class ServicesBelowAPath : IAsyncLifetime
{
    /// <summary>The path that is configured.</summary>
    public const string Prefix = "/neurolab";

    private static readonly (string, string) Proxy = ("ForwardedHeaders__KnownProxies__0", "127.0.0.1");
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("neurolab-path-");
    private readonly List<ServiceProcess> _services = [];

    /// <summary>The service that takes the path from a known proxy.</summary>
    public Uri Told => _services[0].Address;

    /// <summary>The service that has the path configured, and knows the proxy.</summary>
    public Uri Configured => _services[1].Address;

    /// <summary>The service that knows no proxy and no path.</summary>
    public Uri Alone => _services[2].Address;

    public async Task InitializeAsync()
    {
        foreach (var settings in ((string, string)[][])[[Proxy], [Proxy, ("ASPNETCORE_PATHBASE", Prefix)], []])
        {
            var data = _data.CreateSubdirectory($"{_services.Count}").FullName;
            _services.Add(await ServiceProcess.StartAsync(settings.Append(("DATA_DIR", data)).ToDictionary()));
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var service in _services)
        {
            await service.DisposeAsync();
        }

        _data.Delete(recursive: true);
    }
}
