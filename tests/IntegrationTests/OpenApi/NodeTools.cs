using System.Diagnostics;
using NeuroLab.IntegrationTests.EndToEnd;

namespace NeuroLab.IntegrationTests.OpenApi;

/// <summary>The service as a process, its description, and the tools of tests/OpenApi, installed as their lock file says.</summary>
public sealed class NodeTools : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("neurolab-openapi-");
    private ServiceProcess? _service;

    /// <summary>Where the tools and their settings lie.</summary>
    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "OpenApi");

    /// <summary>Where the service listens.</summary>
    public Uri Address => _service!.Address;

    /// <summary>The description, as it was served.</summary>
    public string Description { get; private set; } = "";

    public async Task InitializeAsync()
    {
        _service = await ServiceProcess.StartAsync(new Dictionary<string, string> { ["DATA_DIR"] = _data.FullName, ["RATE_LIMIT_PER_MINUTE"] = "0" });
        using var http = new HttpClient { BaseAddress = Address };
        Description = await http.GetStringAsync("/openapi/v1.json");
        await InstallAsync();
    }

    public async Task DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }

        _data.Delete(recursive: true);
    }

    /// <summary>A new folder from which the tools' packages are found. It stays until the next build is cleaned up: who looks into a failure finds what was generated.</summary>
    public static string NewFolder(string name)
    {
        var folder = Path.Combine(Folder, "build", name);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        return Directory.CreateDirectory(folder).FullName;
    }

    /// <summary>Runs a script of an installed package, or of ours, to its end.</summary>
    public static Task<(int Code, string Output, string Errors)> NodeAsync(string script, IEnumerable<string> arguments, params (string Name, string Value)[] environment) =>
        RunAsync("node", [Path.Combine(Folder, script), .. arguments], environment);

    /// <summary>Installs what the lock file says, where that is not what is there: the registry is not asked in every run.</summary>
    private static async Task InstallAsync()
    {
        var wanted = await File.ReadAllTextAsync(Path.Combine(Folder, "package-lock.json"));
        var installed = Path.Combine(Folder, "node_modules", ".installed.json");
        if (File.Exists(installed) && await File.ReadAllTextAsync(installed) == wanted)
        {
            return;
        }

        // Whatever NODE_ENV says, they are tools of development. What is there before is removed with its mark: half an installation has none.
        var (code, output, errors) = await RunAsync("npm", ["ci", "--include=dev", "--prefer-offline"]);
        code.Should().Be(0, "the tools can be installed: {0} {1}", output, errors);
        await File.WriteAllTextAsync(installed, wanted);
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment.Append(("REDOCLY_TELEMETRY", "off")).Append(("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true")).Append(("NO_COLOR", "1")))
        {
            start.Environment[name] = value;
        }

        // Where Node is missing this throws, and the tests fail: nothing of them is left out.
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}

/// <summary>What uses the tools, one after the other: their folder is one.</summary>
[CollectionDefinition(Name)]
public sealed class NodeToolsCollection : ICollectionFixture<NodeTools>
{
    public const string Name = "tools of node";
}
