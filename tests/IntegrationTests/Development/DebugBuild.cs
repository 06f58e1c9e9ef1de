using NeuroLab.IntegrationTests.Deployment;
using NeuroLab.IntegrationTests.EndToEnd;
using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.Development;

/// <summary>
/// The service, built for debugging into a folder of its own, and a Redis. The packages are those that were restored for the tests: nothing that other builds use is written, for what is made on
/// the way lies apart by configuration.
/// </summary>
public sealed class DebugBuild : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("neurolab-debug-");
    private ServiceProcess? _withoutRedis;

    public RedisServer Redis { get; } = new();

    /// <summary>The built service.</summary>
    public string Executable => Path.Combine(_folder.FullName, "service", "NeuroLab.WebApi.dll");

    public async Task InitializeAsync()
    {
        await Redis.InitializeAsync();
        await Builds.RunAsync(
            Repository.Root, "dotnet",
            ["build", "src/WebApi", "--configuration", "Debug", "--no-restore", "--nologo", "--verbosity", "quiet", "--output", Path.GetDirectoryName(Executable)!, "-p:SkipClientApp=true"]);
    }

    public async Task DisposeAsync()
    {
        if (_withoutRedis is not null)
        {
            await _withoutRedis.DisposeAsync();
        }

        await ((IAsyncLifetime)Redis).DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>Starts the built service on an SQLite file of its own.</summary>
    internal Task<ServiceProcess> StartAsync(string environment, params (string Name, string Value)[] more) => ServiceProcess.StartAsync(Settings(environment, more), Executable);

    /// <summary>The built service in Development, without Redis; the same for all who only ask. Not thread-safe.</summary>
    internal async Task<ServiceProcess> WithoutRedisAsync() => _withoutRedis ??= await StartAsync("Development");

    /// <summary>Settings of a service on an SQLite file of its own.</summary>
    internal Dictionary<string, string> Settings(string environment, params (string Name, string Value)[] more) => Servers.With(
        new() { ["DATA_DIR"] = _folder.CreateSubdirectory(Guid.NewGuid().ToString("N")).FullName, ["ASPNETCORE_ENVIRONMENT"] = environment }, more);
}
