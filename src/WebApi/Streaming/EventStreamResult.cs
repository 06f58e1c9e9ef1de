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

    /// <summary>How long an answer may take to end once the service stops: events end then, but a client that reads no more holds up the write of one.</summary>
    internal static readonly TimeSpan EndsWithin = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc />
    public async Task ExecuteAsync(HttpContext httpContext)
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
        var services = httpContext.RequestServices;
        var cut = services.GetRequiredService<TimeProvider>().CreateTimer(static http => ((HttpContext)http!).Abort(), httpContext, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await using (cut)
        {
            await using var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(() => cut.Change(EndsWithin, Timeout.InfiniteTimeSpan));
            await SseFormatter.WriteAsync(events, httpContext.Response.Body, static (item, writer) => writer.Write(item.Data), httpContext.RequestAborted);
        }
    }
}
