using NeuroLab.IntegrationTests.EndToEnd;

namespace NeuroLab.IntegrationTests.Cli;

/// <summary>A service process on an SQLite file, and the executable's verbs that ask it.</summary>
public sealed class RunningService : IAsyncLifetime
{
    public const string AdminKey = "the-key-of-the-verbs-0123456789";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("neurolab-verbs-");
    private ServiceProcess? _service;

    public Uri Address => _service!.Address;

    /// <summary>Where files can be put.</summary>
    public string Folder => _folder.FullName;

    public async Task InitializeAsync() => _service = await ServiceProcess.StartAsync(Settings(("Authentication__AdminApiKey", AdminKey), ("RATE_LIMIT_PER_MINUTE", "0")));

    public async Task DisposeAsync()
    {
        await _service!.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>Runs a verb as the service's administrator: the address and the key are in its environment.</summary>
    public Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) =>
        ServiceProcess.RunForScriptAsync(Settings(("ASPNETCORE_URLS", Address.ToString()), ("Authentication__AdminApiKey", AdminKey)), arguments);

    /// <summary>Runs a verb with these settings and no others.</summary>
    public Task<(int ExitCode, string Output, string Errors)> RunWithAsync((string Name, string Value)[] settings, params string[] arguments) =>
        ServiceProcess.RunForScriptAsync(Settings(settings), arguments);

    private Dictionary<string, string> Settings(params (string Name, string Value)[] more) => Servers.With(new() { ["DATA_DIR"] = _folder.FullName }, more);
}

[CollectionDefinition(Name)]
public sealed class RunningServiceCollection : ICollectionFixture<RunningService>
{
    public const string Name = "verbs that ask a running service";
}
