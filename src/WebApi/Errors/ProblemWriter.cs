using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using NeuroLab.WebApi.Http;

namespace NeuroLab.WebApi.Errors;

/// <summary>Writes and logs failures, each under an id of its own. Thread-safe.</summary>
internal sealed partial class ProblemWriter(ILogger<ProblemWriter> logger)
{
    private const string ContentType = "application/problem+json; charset=utf-8";

    /// <summary>Writes a failure as the answer, unless one has begun.</summary>
    /// <param name="http">The request.</param>
    /// <param name="failure">What to say.</param>
    /// <param name="exception">What happened, for the log; never for the client.</param>
    public async Task WriteAsync(HttpContext http, Failure failure, Exception? exception = null)
    {
        var errorId = Guid.NewGuid().ToString("N");
        Log(failure, errorId, exception);
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.StatusCode = failure.Status;
        if (failure.RetryAfter is { } seconds)
        {
            http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (failure.Status == StatusCodes.Status401Unauthorized && http.Response.Headers.WWWAuthenticate.Count == 0)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
        }

        // As the client asked: the path is shortened by the time a request has come here.
        var asked = http.Features.Get<IHttpRequestFeature>();
        var problem = ApiProblem.Of(failure, $"{asked?.PathBase}{asked?.Path}" is { Length: > 0 } path ? path : "/", errorId);
        var body = JsonSerializer.SerializeToUtf8Bytes(problem, ApiJson.Options);
        http.Response.ContentType = ContentType;
        http.Response.ContentLength = body.Length;

        // Whatever became of the request's own token: a request that took too long is told so.
        await http.Response.Body.WriteAsync(body, CancellationToken.None);
    }

    /// <summary>Which exceptions, and from where in the code. Their messages may quote what a client sent, or a setting.</summary>
    private static string WithoutMessages(Exception exception)
    {
        var text = new StringBuilder();
        for (var one = exception; one is not null; one = one.InnerException)
        {
            text.Append(one.GetType().FullName).Append('\n').Append(new StackTrace(one, fNeedFileInfo: false));
        }

        return text.ToString();
    }

    private void Log(Failure failure, string errorId, Exception? exception)
    {
        if (failure.Status == StatusCodes.Status500InternalServerError)
        {
            LogInternal(errorId, exception is null ? null : WithoutMessages(exception));
        }
        else if (failure.Status > StatusCodes.Status500InternalServerError)
        {
            LogUnavailable(errorId, failure.Status, failure.Code, (exception?.InnerException ?? exception)?.GetType().Name);
        }
        else
        {
            LogRefused(errorId, failure.Status, failure.Code);
        }
    }

    [LoggerMessage(EventId = 6001, Level = LogLevel.Error, Message = "Error {ErrorId}: the request failed unexpectedly. {Failure}")]
    private partial void LogInternal(string errorId, string? failure);

    [LoggerMessage(EventId = 6002, Level = LogLevel.Warning, Message = "Error {ErrorId}: answered {Status} {Code} after {Failure}.")]
    private partial void LogUnavailable(string errorId, int status, string code, string? failure);

    [LoggerMessage(EventId = 6003, Level = LogLevel.Information, Message = "Error {ErrorId}: answered {Status} {Code}.")]
    private partial void LogRefused(string errorId, int status, string code);
}
