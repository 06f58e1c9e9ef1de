using Microsoft.AspNetCore.Diagnostics;

namespace NeuroLab.WebApi.Errors;

/// <summary>Turns every exception of a request into a problem.</summary>
internal sealed class ProblemExceptionHandler(ProblemWriter problems) : IExceptionHandler
{
    /// <inheritdoc />
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be told, and nothing is wrong.
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        await problems.WriteAsync(httpContext, Failure.Of(exception), exception);
        return true;
    }
}
