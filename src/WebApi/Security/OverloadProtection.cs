using NeuroLab.WebApi.Errors;
using NeuroLab.WebApi.Settings;
using NeuroLab.WebApi.Streaming;

namespace NeuroLab.WebApi.Security;

/// <summary>Refuses, before anything is done for it, a request beyond the most that may be under way at once. Probes of health and scrapes of the metrics pass. Thread-safe.</summary>
internal sealed class OverloadProtection(RequestDelegate next, ServiceSettings settings, ProblemWriter problems, TimeProvider clock)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly RequestCount _all = new(clock);

    /// <summary>Handles a request.</summary>
    public async Task InvokeAsync(HttpContext http)
    {
        if (RateLimiting.IsProbe(http.Request.Path))
        {
            await next(http);
        }
        else if (_all.TryEnter(settings.Limits.Requests) == true)
        {
            if (StreamPlaces.IsStream(http.Request.Path))
            {
                await RunAsync(http);
                return;
            }

            try
            {
                await next(http);
            }
            finally
            {
                _all.Leave();
            }
        }
        else
        {
            await problems.WriteAsync(http, Failure.Overloaded("Too many requests are under way.", RetryAfter));
        }
    }

    /// <summary>Runs a request that may give its places back before it ends.</summary>
    private async Task RunAsync(HttpContext http)
    {
        var places = new RequestPlaces();
        places.Add(_all);
        http.Features.Set(places);
        try
        {
            await next(http);
        }
        finally
        {
            places.Leave();
        }
    }
}
