using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace NeuroLab.Benchmarks.Harness;

/// <summary>A redis-server of its own on a free loopback port, without persistence.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConnectionMultiplexer _connection;

    private RedisProcess(Process process, ConnectionMultiplexer connection, int port) => (_process, _connection, Url) = (process, connection, $"redis://127.0.0.1:{Text(port)}");

    /// <summary>Its address, as the product's setting takes it.</summary>
    public string Url { get; }

    public IDatabase Database => _connection.GetDatabase();

    public IServer Server => _connection.GetServers()[0];

    public static async Task<RedisProcess> StartAsync()
    {
        var port = FreePort();
        var process = Process.Start(new ProcessStartInfo("redis-server", ["--port", Text(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        {
            RedirectStandardOutput = true,
        }) ?? throw new InvalidOperationException("redis-server did not start.");
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        var options = ConfigurationOptions.Parse($"127.0.0.1:{Text(port)}");
        (options.AbortOnConnectFail, options.ConnectRetry, options.AllowAdmin, options.SyncTimeout, options.AsyncTimeout) = (false, 20, true, 120_000, 120_000);
        var connection = await ConnectionMultiplexer.ConnectAsync(options);
        while (!connection.IsConnected)
        {
            await Task.Delay(20);
        }

        return new RedisProcess(process, connection, port);
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
