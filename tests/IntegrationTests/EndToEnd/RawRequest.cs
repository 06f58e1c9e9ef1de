using System.Net.Sockets;
using System.Text;

namespace NeuroLab.IntegrationTests.EndToEnd;

/// <summary>A request written byte by byte, as no client library would: malformed, or never finished.</summary>
internal sealed class RawRequest : IDisposable
{
    private readonly TcpClient _client = new();
    private readonly CancellationTokenSource _stop = new();

    private RawRequest()
    {
    }

    /// <summary>Connects and sends text.</summary>
    public static async Task<RawRequest> SendAsync(Uri address, string text)
    {
        var request = new RawRequest();
        await request._client.ConnectAsync(address.Host, address.Port);
        await request._client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text));
        return request;
    }

    /// <summary>A POST whose body comes so slowly that it never ends, and just fast enough for the server to go on waiting.</summary>
    public static async Task<RawRequest> WithEndlessBodyAsync(Uri address, string path, string? token = null)
    {
        var request = await SendAsync(
            address,
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 60000\r\n{(token is null ? "" : $"Authorization: Bearer {token}\r\n")}\r\n");

        // Said when the body is begun to be read: the request has passed every limit, and is under way.
        (await request.ReadUntilAsync("\r\n\r\n", TimeSpan.FromSeconds(20))).Should().StartWith("HTTP/1.1 100");
        _ = request.DripAsync();
        return request;
    }

    /// <summary>Reads the answer up to the text, or to its end.</summary>
    public async Task<string> ReadUntilAsync(string text, TimeSpan limit)
    {
        var answer = new StringBuilder();
        var bytes = new byte[4096];
        using var patience = new CancellationTokenSource(limit);
        while (!answer.ToString().Contains(text, StringComparison.Ordinal))
        {
            var count = await _client.GetStream().ReadAsync(bytes, patience.Token);
            if (count == 0)
            {
                break;
            }

            answer.Append(Encoding.UTF8.GetString(bytes, 0, count));
        }

        return answer.ToString();
    }

    public void Dispose()
    {
        if (!_stop.IsCancellationRequested)
        {
            // Cancelled, the source holds nothing that is left to dispose of.
            _stop.Cancel();
            _client.Dispose();
        }
    }

    /// <summary>Sends blanks, four times as fast as the server asks for at least.</summary>
    private async Task DripAsync()
    {
        var blanks = Encoding.Latin1.GetBytes(new string(' ', 100));
        try
        {
            while (true)
            {
                await _client.GetStream().WriteAsync(blanks, _stop.Token);
                await Task.Delay(100, _stop.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // One side has ended it.
        }
    }
}
