using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using StackExchange.Redis;

namespace NeuroLab.IntegrationTests.Fixtures;

/// <summary>
/// A real redis-server process of its own: a free loopback port, a temporary folder, no persistence unless asked for. Only the process that it started is ever stopped.
/// </summary>
public sealed class RedisServer : IAsyncLifetime, IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);
    private readonly List<string> _arguments = [];
    private readonly StringBuilder _output = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("neurolab-redis-");
    private Process? _process;
    private bool _frozen;

    public int Port { get; private set; }

    public string Folder => _folder.FullName;

    /// <summary>What the tests' own connection signs in with.</summary>
    public string? Password { get; private init; }

    public string Address => $"127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}";

    public string Url => $"redis://{(Password is null ? "" : $":{Uri.EscapeDataString(Password)}@")}{Address}";

    /// <summary>Where it speaks TLS, if it does; the tests' own connection does not.</summary>
    public string? TlsUrl { get; private init; }

    /// <summary>Starts one with more arguments, such as <c>--maxmemory 4mb</c>.</summary>
    public static async Task<RedisServer> StartNewAsync(string? password = null, params string[] arguments)
    {
        var server = new RedisServer { Password = password };
        server._arguments.AddRange(arguments);
        if (password is not null)
        {
            server._arguments.AddRange(["--requirepass", password]);
        }

        return await StartedAsync(server);
    }

    /// <summary>Starts one that speaks TLS too, on a port of its own.</summary>
    public static async Task<RedisServer> StartTlsAsync(string certificateFile, string keyFile, string authorityFile)
    {
        var port = Ports.Free().ToString(CultureInfo.InvariantCulture);
        var server = new RedisServer { TlsUrl = $"rediss://127.0.0.1:{port}" };
        server._arguments.AddRange(["--tls-port", port, "--tls-cert-file", certificateFile, "--tls-key-file", keyFile, "--tls-ca-cert-file", authorityFile, "--tls-auth-clients", "no"]);
        return await StartedAsync(server);
    }

    public async Task InitializeAsync()
    {
        Port = Ports.Free();
        await StartAsync();
    }

    /// <summary>Starts it (again) on its port.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("redis-server") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.FullName };
        foreach (var argument in (string[])["--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", _folder.FullName, "--save", "", "--appendonly", "no", "--daemonize", "no", .. _arguments])
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            _process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new InvalidOperationException("These tests need a real Redis: install redis-server (7.0 or later) and put it on the PATH.", exception);
        }

        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var started = Stopwatch.GetTimestamp();
        while (!await AnswersAsync())
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(started) > StartLimit)
            {
                throw new InvalidOperationException($"redis-server did not start on port {Port}: {_output}");
            }

            await Task.Delay(20);
        }
    }

    /// <summary>Stops it at once, as a crash does.</summary>
    public async Task StopAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            _frozen = false;
            if (!process.HasExited)
            {
                process.Kill();
            }

            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    /// <summary>Stops it in its tracks: it accepts connections and never answers.</summary>
    public async Task FreezeAsync()
    {
        await SignalAsync("-STOP");
        _frozen = true;
    }

    /// <summary>Lets it go on.</summary>
    public async Task ThawAsync()
    {
        if (_frozen)
        {
            await SignalAsync("-CONT");
            _frozen = false;
        }
    }

    /// <summary>Sends a raw command to this very server, whatever cluster it is of, over a connection of its own.</summary>
    public async Task<RedisResult> ExecuteAsync(string command, params object[] arguments)
    {
        await using var connection = await ConnectAsync();
        return await connection.GetServer(IPAddress.Loopback, Port).ExecuteAsync(command, arguments);
    }

    /// <summary>A connection of the tests' own.</summary>
    public async Task<ConnectionMultiplexer> ConnectAsync() => await ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions
    {
        EndPoints = { { IPAddress.Loopback, Port } },
        AllowAdmin = true,
        Password = Password,
        AsyncTimeout = 30_000,
    });

    public async Task DisposeAsync()
    {
        await StopAsync();
        _folder.Delete(recursive: true);
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    private static async Task<RedisServer> StartedAsync(RedisServer server)
    {
        try
        {
            await server.InitializeAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port);
            var stream = client.GetStream();
            await stream.WriteAsync("PING\r\n"u8.ToArray());
            var answer = new byte[64];
            var length = await stream.ReadAsync(answer).AsTask().WaitAsync(StartLimit);
            var text = Encoding.ASCII.GetString(answer, 0, length);
            return text.StartsWith("+PONG", StringComparison.Ordinal) || text.StartsWith("-NOAUTH", StringComparison.Ordinal);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private async Task SignalAsync(string signal)
    {
        var process = _process ?? throw new InvalidOperationException("The server is not running.");
        using var kill = Process.Start("kill", [signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        if (kill.ExitCode != 0)
        {
            throw new InvalidOperationException($"kill {signal} failed.");
        }
    }

    private void Keep(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }
    }
}

/// <summary>Tests that share one server, each with keys of its own.</summary>
[CollectionDefinition("redis")]
public sealed class RedisTests : ICollectionFixture<RedisServer>;
