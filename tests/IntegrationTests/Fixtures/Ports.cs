using System.Net;
using System.Net.Sockets;

namespace NeuroLab.IntegrationTests.Fixtures;

/// <summary>Loopback ports for servers that are stopped and started again on the same one.</summary>
internal static class Ports
{
    /// <summary>Below those that the system gives to outgoing connections: while a server is stopped none of them takes its port.</summary>
    private const int First = 12_000;
    private const int End = 32_000;

    /// <summary>A port that is free now.</summary>
    public static int Free()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, End);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: another one.
            }
        }
    }
}
