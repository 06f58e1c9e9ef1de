using System.Text.Json;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.WebApi.Http;
using NeuroLab.WebApi.Security;

namespace NeuroLab.WebApi.Freshness;

/// <summary>Answers with a value and its freshness: the one place where freshness becomes members and headers.</summary>
internal sealed class CachedResult<T>(Cached<T> cached, bool forced) : IResult
{
    /// <inheritdoc />
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var freshness = cached.Freshness;
        var now = httpContext.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime;
        var value = JsonSerializer.SerializeToUtf8Bytes(cached.Value, ApiJson.Options);
        var tag = EntityTag.Of(value, freshness, httpContext.User.Id());

        var response = httpContext.Response;
        response.Headers[ApiHeaders.CacheStatus] = FreshnessWords.CacheStatus(freshness, forced, now);
        response.Headers.Age = FreshnessWords.AgeHeader(freshness, now);
        response.Headers.ETag = tag;
        response.Headers.Append("Vary", "Authorization");
        response.Headers.CacheControl = FreshnessWords.CacheControl(freshness);
        if (EntityTag.Matches(httpContext.Request.Headers.IfNoneMatch, tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var (head, tail) = FreshnessBody.Splice(value, freshness, now);
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = head + tail.Length;
        await response.Body.WriteAsync(value.AsMemory(0, head), httpContext.RequestAborted);
        await response.Body.WriteAsync(tail, httpContext.RequestAborted);
    }
}
