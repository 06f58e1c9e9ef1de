using System.Diagnostics;
using NeuroLab.Infrastructure.Persistence;

namespace NeuroLab.Benchmarks.Scale;

/// <summary>The built service as a process of its own, on a free port.</summary>
internal sealed class ServiceNode : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly Process _process;
    private readonly string _directory;

    private ServiceNode(Process process, string directory, HttpClient client) => (_process, _directory, Client) = (process, directory, client);

    public HttpClient Client { get; }

    public static async Task<ServiceNode> StartAsync(string database, string redis)
    {
        var directory = Directory.CreateTempSubdirectory("neurolab-benchmark-").FullName;
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "NeuroLab.WebApi.dll")]) { RedirectStandardOutput = true };
        start.Environment[DatabaseTarget.PostgresName.Replace(":", "__", StringComparison.Ordinal)] = database;
        start.Environment["REDIS_URL"] = redis;
        start.Environment[DataDirectory.Name] = directory;
        start.Environment["RATE_LIMIT_PER_MINUTE"] = "0";
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                listening.TrySetResult(new Uri(line.Data[(at + Listening.Length)..].Trim()));
            }
        };
        process.Start();
        process.BeginOutputReadLine();
        return new ServiceNode(process, directory, new HttpClient { BaseAddress = await listening.Task.WaitAsync(TimeSpan.FromSeconds(60)) });
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
