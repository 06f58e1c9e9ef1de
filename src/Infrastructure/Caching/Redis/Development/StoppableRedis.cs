using System.Net;
using System.Net.Sockets;
using NeuroLab.Infrastructure.Development;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace NeuroLab.Infrastructure.Caching.Redis.Development;

/// <summary>Links of the Redis client that can be cut: those that there are end as when the server stops, and new ones are refused. Thread-safe.</summary>
internal sealed class StoppableRedis : Tunnel
{
    private readonly FaultSwitches _switches;
    private readonly Lock _gate = new();
    private readonly List<Socket> _links = [];

    public StoppableRedis(FaultSwitches switches)
    {
        _switches = switches;
        switches.RedisSwitched += CutIfStopped;
    }

    /// <summary>Asked for each link, once it is connected.</summary>
    /// <exception cref="SocketException">Redis is stopped.</exception>
    public override ValueTask<Stream?> BeforeAuthenticateAsync(EndPoint endpoint, ConnectionType connectionType, Socket? socket, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            // Under the lock: a link is refused here, or is there to be cut.
            if (_switches.RedisIsStopped)
            {
                throw new SocketException((int)SocketError.ConnectionRefused);
            }

            _links.RemoveAll(static link => !link.Connected);
            if (socket is not null)
            {
                _links.Add(socket);
            }
        }

        return default;
    }

    private void CutIfStopped()
    {
        lock (_gate)
        {
            if (!_switches.RedisIsStopped)
            {
                return;
            }

            foreach (var link in _links)
            {
                Cut(link);
            }

            _links.Clear();
        }
    }

    /// <summary>Ends a link for both sides; the client closes it then.</summary>
    private static void Cut(Socket link)
    {
        try
        {
            link.Shutdown(SocketShutdown.Both);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It has ended already.
        }
    }
}
