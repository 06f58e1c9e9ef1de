using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.WebApi.Http;
using NeuroLab.WebApi.Security;

namespace NeuroLab.WebApi.Freshness;

/// <summary>Answers with a value and its freshness: the one place where freshness becomes members and headers.</summary>
internal static class CachedAnswer
{
    /// <summary>What a connection takes without anybody waiting for the client.</summary>
    private const int LongAnswer = 64 * 1024;

    /// <summary>Writes the answer. A short one goes out when the request ends: nothing is waited for here. While a long one goes out the request is under way, and counted as that; the server ends it for a client who is gone, or reads too slowly.</summary>
    /// <param name="http">The request, of somebody who is signed in.</param>
    /// <param name="cached">The answer.</param>
    /// <param name="forced">Whether it was asked of the origin.</param>
    /// <param name="now">Now, UTC.</param>
    public static Task WriteAsync<T>(HttpContext http, Cached<T> cached, bool forced, DateTime now)
    {
        var answer = RenderedAnswer.Of(cached, http.User.Id());
        var texts = answer.TextsAt(now, forced);

        var (response, headers) = (http.Response, http.Response.Headers);
        headers[ApiHeaders.CacheStatus] = texts.CacheStatus;
        headers.Age = texts.Age;
        headers.ETag = answer.Tag;
        headers.CacheControl = FreshnessWords.CacheControl(cached.Freshness);
        headers.Append("Vary", "Authorization");
        if (EntityTag.Matches(http.Request.Headers.IfNoneMatch, answer.Tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = "application/json; charset=utf-8";
        var length = answer.Write(response.BodyWriter, now);
        response.ContentLength = length;
        return length < LongAnswer ? Task.CompletedTask : response.BodyWriter.FlushAsync(CancellationToken.None).AsTask();
    }
}
