using System.Net;
using System.Net.Sockets;

namespace NeuroLab.IntegrationTests.Fixtures;

/// <summary>
/// A small TCP proxy on a free loopback port: forwards to a port, and can cut every link, refuse new ones, delay, or swallow what passes (a link that is up at one end only).
/// </summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<TcpClient> _links = [];
    private readonly int _target;
    private readonly Task _accepting;
    private TaskCompletionSource? _hole;
    private bool _refusing;
    private long _delayTicks;

    public TcpProxy(int targetPort)
    {
        _target = targetPort;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>What each piece of data waits for, each way.</summary>
    public TimeSpan Delay
    {
        get => new(Interlocked.Read(ref _delayTicks));
        set => Interlocked.Exchange(ref _delayTicks, value.Ticks);
    }

    /// <summary>Closes every link and refuses new ones until <see cref="Restore"/>.</summary>
    public void Cut()
    {
        Volatile.Write(ref _refusing, true);
        Drop();
    }

    /// <summary>Links stay up, and nothing passes any more, either way; what was under way is lost for good. New links are held as well.</summary>
    public void BlackHole() => Interlocked.CompareExchange(ref _hole, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), null);

    /// <summary>New links work again. Those that had fallen into the black hole stay there: their ends never hear of each other again.</summary>
    public void Restore()
    {
        Volatile.Write(ref _refusing, false);
        Interlocked.Exchange(ref _hole, null);
    }

    /// <summary>Closes every link; new ones are welcome.</summary>
    public void Drop()
    {
        TcpClient[] links;
        lock (_links)
        {
            links = [.. _links];
            _links.Clear();
        }

        foreach (var link in links)
        {
            link.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        Drop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
            if (Volatile.Read(ref _refusing))
            {
                client.Dispose();
                continue;
            }

            _ = ForwardAsync(client);
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using var server = new TcpClient();
        lock (_links)
        {
            _links.Add(client);
            _links.Add(server);
        }

        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _target, _stopping.Token);
            (client.NoDelay, server.NoDelay) = (true, true);
            var there = CopyAsync(client.GetStream(), server.GetStream());
            var back = CopyAsync(server.GetStream(), client.GetStream());
            await await Task.WhenAny(there, back);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // The link was cut, by us or by an end of it.
        }
        finally
        {
            client.Dispose();
            lock (_links)
            {
                _links.Remove(client);
                _links.Remove(server);
            }
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var length = await from.ReadAsync(buffer, _stopping.Token);
            if (length == 0)
            {
                return;
            }

            if (Volatile.Read(ref _hole) is { } hole)
            {
                await hole.Task.WaitAsync(_stopping.Token);
            }

            if (Delay > TimeSpan.Zero)
            {
                await Task.Delay(Delay, _stopping.Token);
            }

            await to.WriteAsync(buffer.AsMemory(0, length), _stopping.Token);
        }
    }
}
