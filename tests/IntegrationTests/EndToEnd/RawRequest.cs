using System.Net.Sockets;
using System.Text;

namespace NeuroLab.IntegrationTests.EndToEnd;

/// <summary>A request written byte by byte, as no client library would: malformed, or never finished.</summary>
internal sealed class RawRequest : IDisposable
{
    private readonly TcpClient _client = new();

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

    /// <summary>A POST whose body never comes.</summary>
    public static Task<RawRequest> WithoutItsBodyAsync(Uri address, string path, string? token = null) => SendAsync(
        address,
        $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 20\r\n{(token is null ? "" : $"Authorization: Bearer {token}\r\n")}\r\n");

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

    public void Dispose() => _client.Dispose();
}
