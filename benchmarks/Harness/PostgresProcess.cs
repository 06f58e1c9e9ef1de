using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace NeuroLab.Benchmarks.Harness;

/// <summary>
/// A PostgreSQL server of its own on a free loopback port, with its data in a temporary folder, as it is installed: every commit is on the disk before it is answered, unless
/// asked otherwise.
/// </summary>
internal sealed class PostgresProcess : IAsyncDisposable
{
    private readonly string _directory;
    private readonly Process _guard;
    private readonly string _connectionString;
    private int _databases;

    private PostgresProcess(string directory, Process guard, string connectionString) => (_directory, _guard, _connectionString) = (directory, guard, connectionString);

    /// <summary>Makes and starts one.</summary>
    /// <param name="durable">Whether commits wait for the disk.</param>
    public static async Task<PostgresProcess> StartAsync(bool durable = true)
    {
        var directory = Path.Combine(Path.GetTempPath(), $"neurolab-benchmark-pg-{Guid.NewGuid():N}");
        if (IsRoot)
        {
            await RunAsync("install", "-d", "-o", "postgres", "-g", "postgres", "-m", "700", directory);
        }

        var (initdb, arguments) = AsUser(Binary("initdb"), ["-D", directory, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        await RunAsync(initdb, arguments);
        var port = FreePort().ToString(CultureInfo.InvariantCulture);
        var (postgres, options) = AsUser(
            Binary("postgres"),
            ["-D", directory, "-p", port, "-h", "127.0.0.1", "-k", directory, "-c", "max_connections=300", "-c", $"fsync={(durable ? "on" : "off")}"]);

        // A shell between: when the benchmark dies, its input ends, and it stops the server.
        var guard = Process.Start(new ProcessStartInfo("sh", ["-c", "\"$@\" & server=$!; read how; kill -s INT $server; wait $server", "sh", postgres, .. options])
        {
            RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/",
        })!;
        guard.BeginErrorReadLine();
        guard.BeginOutputReadLine();
        var server = new PostgresProcess(directory, guard, $"Host=127.0.0.1;Port={port};Username=postgres;SSL Mode=Disable");
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await server.ExecuteAsync("SELECT 1");
                return server;
            }
            catch (NpgsqlException) when (Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30))
            {
                await Task.Delay(20);
            }
        }
    }

    /// <summary>Makes an empty database and returns its connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"benchmark_{++_databases}");
        await ExecuteAsync($"CREATE DATABASE {name}");
        return $"{_connectionString};Database={name}";
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        _guard.StandardInput.Close();
        await _guard.WaitForExitAsync();
        _guard.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static bool IsRoot => Environment.UserName == "root";

    private async Task ExecuteAsync(string statement)
    {
        await using var connection = new NpgsqlConnection($"{_connectionString};Database=postgres;Pooling=false");
        await connection.OpenAsync();
#pragma warning disable CA2100 // Made here.
        await using var command = new NpgsqlCommand(statement, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    private static string Binary(string name) =>
        (Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql").Select(directory => Path.Combine(directory, "bin", name)).Where(File.Exists).Max()
            : null) ?? throw new InvalidOperationException($"PostgreSQL's {name} is not in /usr/lib/postgresql/*/bin: install the package postgresql.");

    /// <summary>The server refuses to run as root.</summary>
    private static (string File, string[] Arguments) AsUser(string file, string[] arguments) =>
        IsRoot ? ("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", file, .. arguments]) : (file, arguments);

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

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
