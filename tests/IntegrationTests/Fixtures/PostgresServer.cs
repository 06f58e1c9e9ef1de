using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace NeuroLab.IntegrationTests.Fixtures;

/// <summary>A real PostgreSQL server of its own on a free port, with its data in a temporary folder. It can be stopped, started, frozen and thawed.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"neurolab-pg-{Guid.NewGuid():N}");
    private readonly int _port = Ports.Free();
    private Process? _guard;
    private int _server;
    private int _databases;

    /// <summary>The connection string of the server's own database.</summary>
    public string AdminConnectionString => ConnectionString("postgres");

    public async Task InitializeAsync()
    {
        if (IsRoot)
        {
            await RunAsync("install", "-d", "-o", "postgres", "-g", "postgres", "-m", "700", _directory);
        }

        await RunAsUserAsync(Binary("initdb"), "-D", _directory, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync");
        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        Thaw();
        await StopAsync();
        NpgsqlConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Makes an empty database and returns its connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _databases)}");
        await using var connection = new NpgsqlConnection(AdminConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The name is made here.
        command.CommandText = $"CREATE DATABASE {name}";
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    /// <summary>Starts the server, and waits until it answers.</summary>
    public async Task StartAsync()
    {
        var (file, arguments) = AsUser(
            Binary("postgres"),
            ["-D", _directory, "-p", _port.ToString(CultureInfo.InvariantCulture), "-h", "127.0.0.1", "-k", _directory, "-F", "-c", "max_connections=300"]);
        // A guard between: it reads how to stop the server. When the tests die, however, its input ends, and it stops the server, frozen or not:
        // nothing is left running.
        _guard = Process.Start(new ProcessStartInfo("sh", ["-c", "\"$@\" & server=$!; read how; kill -s ${how:-QUIT} $server; kill -s CONT $server; wait $server", "sh", file, .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/",
        })!;
        _guard.BeginErrorReadLine();
        _guard.BeginOutputReadLine();
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(AdminConnectionString);
                await connection.OpenAsync();
                _server = int.Parse((await File.ReadAllLinesAsync(Path.Combine(_directory, "postmaster.pid")))[0], CultureInfo.InvariantCulture);
                return;
            }
            catch (NpgsqlException) when (Stopwatch.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(20);
            }
        }
    }

    /// <summary>Restarts the server as a standby, whose primary says nothing; or as the server that it was.</summary>
    public async Task RestartAsync(bool asStandby)
    {
        await StopAsync();
        var signal = Path.Combine(_directory, "standby.signal");
        File.Delete(signal);
        if (asStandby)
        {
            await File.WriteAllTextAsync(signal, "");
        }

        await StartAsync();
    }

    /// <summary>Its port.</summary>
    public int Port => _port;

    /// <summary>Kills every process of the server where it stands, as a crash does.</summary>
    public async Task CrashAsync()
    {
        SignalAll("KILL");
        await StopAsync();
    }

    /// <summary>Stops the server at once: open sessions are ended, as an administrator's shut-down does.</summary>
    public async Task StopAsync()
    {
        if (_guard is not { } guard)
        {
            return;
        }

        await guard.StandardInput.WriteLineAsync("INT");
        guard.StandardInput.Close();
        if (!await EndsAsync(guard, Patience / 3))
        {
            // A session that does not end holds a fast shut-down up for ever. One at once waits for nobody, and leaves no process behind that would be in the way of the next start.
            await Console.Error.WriteLineAsync($"PostgreSQL is stopped at once: {string.Join("; ", Children().Select(What))}.");
            Signal("QUIT", _server);
            if (!await EndsAsync(guard, Patience))
            {
                SignalAll("KILL");
                await guard.WaitForExitAsync();
            }
        }

        guard.Dispose();
        (_guard, _server) = (null, 0);
    }

    /// <summary>Stops every process of the server where it stands: connections are accepted by the kernel, and nobody answers.</summary>
    public void Freeze() => SignalAll("STOP");

    /// <summary>Lets a frozen server run on.</summary>
    public void Thaw() => SignalAll("CONT");

    private static bool IsRoot => Environment.UserName == "root";

    private string ConnectionString(string database) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1", Port = _port, Database = database, Username = "postgres", Pooling = database != "postgres", SslMode = SslMode.Disable,
        }.ConnectionString;

    private void SignalAll(string signal)
    {
        if (_server == 0)
        {
            return;
        }

        // The first process first, so that no child is made meanwhile; and not killed before its children are known, which have another parent then. Each child is a process group of its own.
        Signal(signal == "KILL" ? "STOP" : signal, [_server]);
        Signal(signal, [.. Children(), .. signal == "KILL" ? [_server] : Array.Empty<int>()]);
    }

    private IEnumerable<int> Children() => Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _))
        .Where(name => IsChild(name!, _server)).Select(name => int.Parse(name!, CultureInfo.InvariantCulture));

    /// <summary>What a process is, whether it runs, sleeps or is stopped, and where in the kernel it waits.</summary>
    private static string What(int process)
    {
        try
        {
            var state = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("State:", StringComparison.Ordinal));
            return $"{File.ReadAllText($"/proc/{process}/cmdline").Split('\0')[0].Trim()} {state[6..].Trim()} {File.ReadAllText($"/proc/{process}/wchan")}";
        }
        catch (IOException)
        {
            return "gone";
        }
    }

    private static async Task<bool> EndsAsync(Process process, TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static bool IsChild(string process, int parent)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            // pid (name) state parent ...; the name may hold anything but ends with the last bracket.
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture) == parent;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void Signal(string signal, params int[] processes)
    {
        if (processes.Length == 0)
        {
            return;
        }

        using var kill = Process.Start("kill", ["-s", signal, .. processes.Select(p => p.ToString(CultureInfo.InvariantCulture))]);
        kill.WaitForExit();
    }

    private static string Binary(string name)
    {
        var found = Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin", name)).Where(File.Exists).Max()
            : null;
        return found ?? throw new InvalidOperationException($"PostgreSQL's {name} is not in /usr/lib/postgresql/*/bin: install the package postgresql to run these tests.");
    }

    /// <summary>The server refuses to run as root.</summary>
    private static (string File, string[] Arguments) AsUser(string file, string[] arguments) =>
        IsRoot ? ("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", file, .. arguments]) : (file, arguments);

    private static Task RunAsUserAsync(string file, params string[] arguments)
    {
        var (program, all) = AsUser(file, arguments);
        return RunAsync(program, all);
    }

    private static async Task RunAsync(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/" })!;
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{file} failed: {await error}");
        }
    }
}

/// <summary>Tests that share one PostgreSQL server, each with a database of its own.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<PostgresServer>
{
    public const string Name = "postgres";
}
