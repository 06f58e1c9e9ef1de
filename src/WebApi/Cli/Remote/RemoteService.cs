using System.Net;
using System.Text.Json;
using NeuroLab.WebApi.Http;

namespace NeuroLab.WebApi.Cli.Remote;

/// <summary>An answer of the service.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Body">Its body.</param>
internal sealed record RemoteAnswer(HttpStatusCode Status, JsonElement Body)
{
    /// <summary>Whether it is what was asked for.</summary>
    public bool IsGood => (int)Status is >= 200 and < 300;
}

/// <summary>Nothing answered, or not in time.</summary>
internal sealed class RemoteUnreachableException(string message) : Exception(message);

/// <summary>A running service, asked over HTTP. The administrator's key goes to no other address: redirects are not followed, and no proxy is used on the way to this machine.</summary>
internal sealed class RemoteService : IDisposable
{
    private readonly HttpClient _http;

    /// <summary>Creates the client; nothing is sent yet.</summary>
    /// <param name="address">Where the service is, with the path below which it is found.</param>
    /// <param name="key">The administrator's key; null for none.</param>
    /// <param name="timeout">How long to wait for one answer.</param>
    public RemoteService(Uri address, string? key, TimeSpan timeout)
    {
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = !address.IsLoopback })
        {
            BaseAddress = new Uri(address.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/"), Timeout = timeout,
        };
        if (key is not null)
        {
            _http.DefaultRequestHeaders.Add(ApiHeaders.AdminApiKey, key);
        }
    }

    /// <summary>Whether it speaks for the administrator.</summary>
    public bool HasKey => _http.DefaultRequestHeaders.Contains(ApiHeaders.AdminApiKey);

    /// <summary>Asks.</summary>
    /// <param name="path">Below the service's address, without a slash at its beginning.</param>
    /// <exception cref="RemoteUnreachableException">Nothing answered, or nothing that is this service.</exception>
    public Task<RemoteAnswer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    /// <summary>Sends a command.</summary>
    /// <exception cref="RemoteUnreachableException">Nothing answered, or nothing that is this service.</exception>
    public Task<RemoteAnswer> PostAsync(string path, object body) => SendAsync(HttpMethod.Post, path, body);

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private async Task<RemoteAnswer> SendAsync(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body, options: ApiJson.Options) };
        try
        {
            using var response = await _http.SendAsync(request);
            using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
            return new RemoteAnswer(response.StatusCode, document.RootElement.Clone());
        }
        catch (JsonException)
        {
            throw new RemoteUnreachableException($"What answers at {_http.BaseAddress} is not this service: its answer is no JSON.");
        }
        catch (HttpRequestException exception)
        {
            throw new RemoteUnreachableException($"Nothing answers at {_http.BaseAddress} ({exception.HttpRequestError}).");
        }
        catch (TaskCanceledException)
        {
            throw new RemoteUnreachableException($"No answer from {_http.BaseAddress} within {_http.Timeout.TotalSeconds} s.");
        }
    }
}
