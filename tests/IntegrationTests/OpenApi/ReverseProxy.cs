using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Logging;

namespace NeuroLab.IntegrationTests.OpenApi;

/// <summary>A small reverse proxy that has a service below a path of its own.</summary>
internal sealed class ReverseProxy : IAsyncDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
    private readonly WebApplication _app;

    private ReverseProxy(WebApplication app) => _app = app;

    /// <summary>Where it listens; ends with a slash.</summary>
    public Uri Address => new(_app.Urls.Single().TrimEnd('/') + "/");

    /// <summary>Starts one.</summary>
    /// <param name="service">The service behind it.</param>
    /// <param name="path">Below which path it has it.</param>
    /// <param name="takesPrefixOff">Whether the service sees paths without that.</param>
    /// <param name="forwardedPrefix">What it tells of the prefix; null for nothing.</param>
    public static async Task<ReverseProxy> StartAsync(Uri service, string path, bool takesPrefixOff, string? forwardedPrefix)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var proxy = new ReverseProxy(builder.Build());
        proxy._app.Run(http => proxy.ForwardAsync(http, service, path, takesPrefixOff, forwardedPrefix));
        await proxy._app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private async Task ForwardAsync(HttpContext http, Uri service, string path, bool takesPrefixOff, string? forwardedPrefix)
    {
        if (!http.Request.Path.StartsWithSegments(path, out var rest))
        {
            // Of somebody else's: what is asked for outside the path was not meant for the service.
            http.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
            return;
        }

        using var request = new HttpRequestMessage(
            new HttpMethod(http.Request.Method), new Uri(service, UriHelper.BuildRelative("", takesPrefixOff ? rest : http.Request.Path, http.Request.QueryString)));
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "192.0.2.1");
        request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "https");
        if (forwardedPrefix is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Forwarded-Prefix", forwardedPrefix);
        }

        if (http.Request.ContentLength > 0 || http.Request.Headers.TransferEncoding.Count > 0)
        {
            request.Content = new StreamContent(http.Request.Body);
        }

        foreach (var (name, values) in http.Request.Headers.Where(header => header.Key is not ("Host" or "Transfer-Encoding")))
        {
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, http.RequestAborted);
        http.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key is not "Transfer-Encoding"))
        {
            http.Response.Headers[name] = values.ToArray();
        }

        if (answer.StatusCode is not (HttpStatusCode.NotModified or HttpStatusCode.NoContent))
        {
            await answer.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
        }
    }
}
