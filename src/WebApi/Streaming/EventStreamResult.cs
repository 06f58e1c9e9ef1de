using System.Buffers;
using System.Net.ServerSentEvents;
using Microsoft.AspNetCore.Http.Features;
using NeuroLab.WebApi.Http;

namespace NeuroLab.WebApi.Streaming;

/// <summary>Answers with server-sent events, each sent as soon as it is there, until there are no more or the client is gone.</summary>
/// <param name="events">The events, each with its data as UTF-8 text.</param>
internal sealed class EventStreamResult(IAsyncEnumerable<SseItem<byte[]>> events) : IResult
{
    /// <summary>What the answer is.</summary>
    public const string ContentType = "text/event-stream";

    /// <inheritdoc />
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = ContentType;
        httpContext.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        if (httpContext.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
        {
            // How long somebody listens is not how long an answer took.
            metrics.MetricsDisabled = true;
        }

        // A proxy would collect some before it passes them on.
        httpContext.Response.Headers[ApiHeaders.AccelBuffering] = "no";
        return SseFormatter.WriteAsync(events, httpContext.Response.Body, static (item, writer) => writer.Write(item.Data), httpContext.RequestAborted);
    }
}
