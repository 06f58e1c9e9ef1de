using System.Threading.RateLimiting;
using NeuroLab.WebApi.Errors;
using NeuroLab.WebApi.Settings;

namespace NeuroLab.WebApi.Security;

/// <summary>Refuses, before anything is done for it, a request beyond the most that may be under way at once. Probes of health and scrapes of the metrics pass. Thread-safe.</summary>
internal sealed class OverloadProtection(RequestDelegate next, ServiceSettings settings, ProblemWriter problems) : IDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly ConcurrencyLimiter _underWay = new(new ConcurrencyLimiterOptions { PermitLimit = settings.Limits.Requests, QueueLimit = 0 });

    /// <summary>Handles a request.</summary>
    public async Task InvokeAsync(HttpContext http)
    {
        if (RateLimiting.IsProbe(http.Request.Path))
        {
            await next(http);
            return;
        }

        using var lease = _underWay.AttemptAcquire();
        await (lease.IsAcquired ? next(http) : problems.WriteAsync(http, Failure.Overloaded("Too many requests are under way.", RetryAfter)));
    }

    /// <inheritdoc />
    public void Dispose() => _underWay.Dispose();
}
