using System.Net.Sockets;
using System.Text;

namespace NeuroLab.IntegrationTests.EndToEnd;

/// <summary>A client that sends and reads bytes as it likes: slowly, in part, or never.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket;

    private RawClient(Socket socket) => _socket = socket;

    /// <summary>Connects.</summary>
    /// <param name="address">The service.</param>
    /// <param name="receiveBuffer">Bytes that are taken without being read; null for the system's default.</param>
    public static async Task<RawClient> ConnectAsync(Uri address, int? receiveBuffer = null)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer is { } bytes)
        {
            socket.ReceiveBufferSize = bytes;
        }

        await socket.ConnectAsync(address.Host, address.Port);
        return new RawClient(socket);
    }

    /// <summary>Whether a new connection is refused, or was waiting as the service stopped to listen.</summary>
    public static async Task<bool> IsRefusedAsync(Uri address)
    {
        try
        {
            using var client = await ConnectAsync(address);
            return false;
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset)
        {
            return true;
        }
    }

    /// <summary>Sends text.</summary>
    public async Task SendAsync(string text) => await _socket.SendAsync(Encoding.ASCII.GetBytes(text));

    /// <summary>Sends a text byte by byte, one at each interval, until all is sent or the other side has ended the connection.</summary>
    public async Task DribbleAsync(string text, TimeSpan interval)
    {
        try
        {
            foreach (var character in text)
            {
                await SendAsync(character.ToString());
                await Task.Delay(interval);
            }
        }
        catch (SocketException)
        {
            // The other side has ended it.
        }
    }

    /// <summary>Reads until the other side has ended the connection.</summary>
    /// <returns>What came.</returns>
    /// <exception cref="OperationCanceledException">It was not ended in that time.</exception>
    public async Task<string> ReadToEndAsync(TimeSpan limit)
    {
        using var patience = new CancellationTokenSource(limit);
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await _socket.ReceiveAsync(buffer, patience.Token) is > 0 and var length)
            {
                text.Append(Encoding.ASCII.GetString(buffer, 0, length));
            }
        }
        catch (SocketException)
        {
            // Reset: ended as well.
        }

        return text.ToString();
    }

    /// <summary>Reads once.</summary>
    /// <returns>How many bytes came; 0 where the other side has ended the connection.</returns>
    public async Task<int> ReadAsync(int bytes)
    {
        try
        {
            return await _socket.ReceiveAsync(new byte[bytes]);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    /// <summary>Reads so many bytes.</summary>
    /// <exception cref="SocketException">The other side has ended the connection.</exception>
    public async Task<string> ReadTextAsync(int bytes)
    {
        var buffer = new byte[bytes];
        var length = 0;
        while (length < bytes && await _socket.ReceiveAsync(buffer.AsMemory(length)) is > 0 and var more)
        {
            length += more;
        }

        return Encoding.ASCII.GetString(buffer, 0, length);
    }

    /// <summary>Hangs up.</summary>
    public void Dispose() => _socket.Dispose();
}
