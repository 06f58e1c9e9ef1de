using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using NeuroLab.IntegrationTests.EndToEnd;

namespace NeuroLab.IntegrationTests.History;

/// <summary>A node as a process of its own, told what to do by its input, and ended with it. Thread-safe.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Lazy<string> Executable = new(Stage);

    private readonly Process _process;
    private readonly Wire _wire;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<Result[]>> _waiting = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _batches;

    private NodeProcess(string name, Process process)
    {
        (Name, _process) = (name, process);
        _wire = new Wire(process.StandardOutput.BaseStream, process.StandardInput.BaseStream);
        process.ErrorDataReceived += (_, line) => _errors.Enqueue(line.Data ?? "");
        process.BeginErrorReadLine();
        new Thread(Listen) { IsBackground = true }.Start();
    }

    public string Name { get; }

    public int Id => _process.Id;

    /// <summary>What it logged.</summary>
    public string Log => string.Join('\n', _errors.TakeLast(50));

    /// <summary>Starts one and waits until it is ready.</summary>
    public static async Task<NodeProcess> StartAsync(string name, IEnumerable<KeyValuePair<string, string>> settings)
    {
        var arguments = settings.Select(setting => $"--{setting.Key}={setting.Value}");
        var start = new ProcessStartInfo("dotnet", [Executable.Value, NodeProgram.Argument, .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        var node = new NodeProcess(name, Process.Start(start)!);
        try
        {
            await node._ready.Task.WaitAsync(Patience);
            return node;
        }
        catch (Exception exception)
        {
            await node.DisposeAsync();
            throw new InvalidOperationException($"The node {name} did not start: {node.Log}", exception);
        }
    }

    /// <summary>Lets it do some things, one after the other or all at once, and waits for the results.</summary>
    public Task<Result[]> RunAsync(IReadOnlyList<Op> operations, bool inOrder)
    {
        var completion = new TaskCompletionSource<Result[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        var id = Interlocked.Increment(ref _batches);
        _waiting[id] = completion;
        _wire.Send(id, inOrder, operations, static (op, to) => op.WriteTo(to));
        return _ended.Task.IsCompleted ? throw new InvalidOperationException($"The node {Name} has ended: {Log}") : completion.Task;
    }

    /// <summary>Lets it do one thing.</summary>
    public async Task<Result> RunAsync(Op op) => (await RunAsync([op], inOrder: true))[0];

    /// <summary>Stops it where it stands.</summary>
    public Task PauseAsync() => SignalAsync("-STOP");

    public Task ContinueAsync() => SignalAsync("-CONT");

    /// <summary>Ends it as a crash does. What it was doing is never heard of again.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        await _ended.Task;
        _process.Dispose();
    }

    private void Listen()
    {
        try
        {
            while (_wire.Receive(Result.ReadFrom) is { } batch)
            {
                if (_waiting.TryRemove(batch.Id, out var waiting))
                {
                    waiting.SetResult(batch.Items);
                }
                else
                {
                    _ready.TrySetResult();
                }
            }
        }
        catch (IOException)
        {
            // It was killed while it wrote.
        }

        _ended.TrySetResult();
        _ready.TrySetException(new InvalidOperationException("It ended."));
        foreach (var waiting in _waiting.Values)
        {
            waiting.TrySetException(new InvalidOperationException($"The node {Name} ended: {Log}"));
        }
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>A folder, made anew, with these tests as they lie here, but with the product as it was built: the copy beside the tests may be instrumented.</summary>
    private static string Stage()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, NodeProgram.Argument);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        var built = Path.GetDirectoryName(Repository.Executable)!;
        var own = typeof(NodeProgram).Assembly.GetName().Name!;
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory))
        {
            var name = Path.GetFileName(file);
            var target = Path.Combine(folder, name);
            if (name.StartsWith(own, StringComparison.Ordinal))
            {
                // Its real place is where everything else is looked for.
                File.Copy(file, target);
                continue;
            }

            var product = Path.Combine(built, name);
            File.CreateSymbolicLink(target, name.StartsWith("NeuroLab.", StringComparison.Ordinal) && File.Exists(product) ? product : file);
        }

        if (Directory.Exists(Path.Combine(AppContext.BaseDirectory, "runtimes")))
        {
            Directory.CreateSymbolicLink(Path.Combine(folder, "runtimes"), Path.Combine(AppContext.BaseDirectory, "runtimes"));
        }

        return Path.Combine(folder, own + ".dll");
    }
}
