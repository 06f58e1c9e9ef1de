using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace NeuroLab.IntegrationTests.EndToEnd;

/// <summary>
/// The built service as a process of its own, on a free port, with a temporary data folder. Nothing of the environment's own settings reaches it. What it started is ended by its disposal.
/// </summary>
internal sealed partial class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServiceProcess(Process process) => _process = process;

    /// <summary>Where it listens.</summary>
    public Uri Address => _listening.Task.Result;

    /// <summary>What it wrote so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return string.Join('\n', _output);
            }
        }
    }

    /// <summary>Waits until it has written a text.</summary>
    public Task WritesAsync(string text, TimeSpan within) => Until.AsWantedAsync(() => Task.FromResult(Output), output => output.Contains(text, StringComparison.Ordinal), within);

    /// <summary>The id of the process.</summary>
    public int Id => _process.Id;

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="settings">Environment variables; at least <c>DATA_DIR</c>. Without <c>ASPNETCORE_URLS</c> it takes a free port.</param>
    /// <param name="executable">The service's assembly; null: that of this repository.</param>
    public static async Task<ServiceProcess> StartAsync(IReadOnlyDictionary<string, string> settings, string? executable = null)
    {
        var all = new Dictionary<string, string>(settings);
        all.TryAdd("ASPNETCORE_URLS", "http://127.0.0.1:0");
        var service = new ServiceProcess(Create([], all, executable));
        service.Run();
        try
        {
            await service._listening.Task.WaitAsync(StartLimit);
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs it to its end, as for a verb.</summary>
    /// <returns>The exit code, and all that it wrote.</returns>
    public static async Task<(int ExitCode, string Output)> RunToEndAsync(IReadOnlyDictionary<string, string> settings, params string[] arguments)
    {
        await using var service = new ServiceProcess(Create(arguments, settings));
        service.Run();
        using var limit = new CancellationTokenSource(StartLimit);
        await service._process.WaitForExitAsync(limit.Token);
        return (service._process.ExitCode, service.Output);
    }

    /// <summary>Runs it to its end, as a script does.</summary>
    /// <returns>The exit code, what it answered and what it complained of.</returns>
    public static async Task<(int ExitCode, string Output, string Errors)> RunForScriptAsync(IReadOnlyDictionary<string, string> settings, params string[] arguments)
    {
        using var process = Create(arguments, settings);
        process.Start();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().WaitAsync(StartLimit);
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw;
        }

        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Ends it as an operator does, and waits for its end.</summary>
    public async Task StopAsync()
    {
        if (!_process.HasExited)
        {
            await SignalAsync("TERM");
            await ExitAsync(TimeSpan.FromSeconds(20));
        }
    }

    /// <summary>Sends it a signal, such as <c>STOP</c> or <c>CONT</c>.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="OperationCanceledException">It goes on.</exception>
    public async Task<int> ExitAsync(TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <summary>Ends it as a crash does.</summary>
    public async Task CrashAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static Process Create(string[] arguments, IReadOnlyDictionary<string, string> settings, string? executable = null)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = settings["DATA_DIR"] };
        start.ArgumentList.Add(executable ?? Repository.Executable);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in start.Environment.Keys.Where(name => Setting().IsMatch(name)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return new Process { StartInfo = start, EnableRaisingEvents = true };
    }

    private void Run()
    {
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Exited += (_, _) => _listening.TrySetException(new InvalidOperationException($"The service ended before it listened: {Output}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.Add(line);
        }

        if (Listening().Match(line) is { Success: true } match)
        {
            _listening.TrySetResult(new Uri(match.Groups[1].Value));
        }
    }

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex Listening();

    [GeneratedRegex("^(ASPNETCORE_|Metrics__|DOTNET_ENVIRONMENT|DOTNET_URLS|CACHE_|Cache__|REDIS_|ConnectionStrings__|Authentication__|Cors__|ForwardedHeaders__|DATA_DIR$|RATE_LIMIT|Limits__|Experiments__|Logging__|Kestrel__|(DOTNET_)?HTTPS?_PORTS$|URLS$|PathBase$|CORECLR_|OTEL_)")]
    private static partial Regex Setting();
}
