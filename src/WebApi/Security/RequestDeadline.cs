using Microsoft.AspNetCore.Http.Timeouts;
using NeuroLab.WebApi.Errors;
using NeuroLab.WebApi.Settings;

namespace NeuroLab.WebApi.Security;

/// <summary>
/// Ends a request that takes too long, unless its endpoint is marked with <see cref="DisableRequestTimeoutAttribute"/>: its token is cancelled, and where that ends it before an answer has
/// begun it gets 503. A request that is answered without waiting for anything, as from memory, needs no clock, and nobody to tell it that its client has gone: both are set up when the first
/// wait begins. Thread-safe.
/// </summary>
internal sealed class RequestDeadline(RequestDelegate next, ServiceSettings settings, ProblemWriter problems)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>A source for the next request that this thread begins: given back by one that waited for nothing, and so by all who could hold its token.</summary>
    [ThreadStatic]
    private static CancellationTokenSource? _spare;

    /// <summary>Handles a request.</summary>
    public Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<DisableRequestTimeoutAttribute>() is not null)
        {
            return next(http);
        }

        var client = http.RequestAborted;
        var limit = _spare ?? new CancellationTokenSource();
        _spare = null;
        http.RequestAborted = limit.Token;
        var running = next(http);
        if (!running.IsCompletedSuccessfully)
        {
            return WaitAsync(http, running, limit, client);
        }

        http.RequestAborted = client;
        if (limit.TryReset())
        {
            _spare = limit;
        }

        return running;
    }

    private async Task WaitAsync(HttpContext http, Task running, CancellationTokenSource limit, CancellationToken client)
    {
        using var end = limit;
        using var gone = client.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), limit);
        limit.CancelAfter(settings.Limits.RequestTimeout);
        try
        {
            await running;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !client.IsCancellationRequested && !http.Response.HasStarted)
        {
            http.Response.Clear();
            await problems.WriteAsync(http, Failure.Overloaded("The request took too long.", RetryAfter));
        }
        finally
        {
            http.RequestAborted = client;
        }
    }
}
