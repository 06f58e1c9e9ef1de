using NeuroLab.WebApi.Errors;
using NeuroLab.WebApi.Http;
using NeuroLab.WebApi.Settings;
using NeuroLab.WebApi.Streaming;
using NeuroLab.WebApi.Telemetry;

namespace NeuroLab.WebApi.Security;

/// <summary>
/// How much one user, or one address, signed in or not (accounts are to be had for nothing), may ask for: requests a minute, and requests at the same time. Probes of health, and scrapes of the metrics, are not counted;
/// scrapes that are not for anyone have a bound of their own.
/// </summary>
internal static class RateLimiting
{
    /// <summary>Scrapes a minute of one address where they are not for anyone: each is checked, and each refusal logged. Those without a key or a sign-in are counted apart: they use up nothing of the scraper's.</summary>
    private const int ScrapesAMinute = 120;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Registers the limits, where there are any.</summary>
    public static void AddRequestLimit(this IServiceCollection services, ServiceSettings settings)
    {
        services.AddSingleton(_ => new PasswordPlaces(settings.RateLimitPerMinute > 0));
        services.AddSingleton<RequestCounts>();
    }

    /// <summary>Applies the limits, where there are any.</summary>
    public static void UseRequestLimit(this IApplicationBuilder app, ServiceSettings settings)
    {
        if (settings.RateLimitPerMinute == 0)
        {
            return;
        }

        var counts = app.ApplicationServices.GetRequiredService<RequestCounts>();
        app.Use(next => async http =>
        {
            var user = default(RequestCount);
            var address = default(RequestCount);
            try
            {
                if (IsProbe(http.Request.Path))
                {
                    if (!IsScrape(http.Request.Path) || settings.Metrics == MetricsAccess.Anyone)
                    {
                        await next(http);
                        return;
                    }

                    address = counts.Enter(CountedFor.AddressOf(http, IsSigned(http) ? CountedKind.SignedScrape : CountedKind.OpenScrape), int.MaxValue);
                    await (address!.TryCount(ScrapesAMinute, out var rest) ? next(http) : RefuseAsync(http, rest));
                    return;
                }

                // At the same time first: what is refused for that does not count for the minute.
                var isUser = SignedInUser.TryGetId(http.User, out var id);
                if ((isUser && (user = counts.Enter(CountedFor.User(id), settings.Limits.RequestsPerUser)) is null)
                    || (address = counts.Enter(CountedFor.AddressOf(http, CountedKind.Address), settings.Limits.RequestsPerAddress)) is null)
                {
                    await RefuseAsync(http, null);
                    return;
                }

                var counted = user ?? address;
                if (StreamPlaces.IsStream(http.Request.Path) && http.Features.Get<RequestPlaces>() is { } places)
                {
                    // It may give them back before it ends.
                    places.Add(address);
                    if (user is not null)
                    {
                        places.Add(user);
                    }

                    (user, address) = (null, null);
                }

                await (counted.TryCount(settings.RateLimitPerMinute, out var wait) ? next(http) : RefuseAsync(http, wait));
            }
            finally
            {
                address?.Leave();
                user?.Leave();
            }
        });
    }

    private static Task RefuseAsync(HttpContext http, TimeSpan? wait)
    {
        var detail = wait is null ? "Too many requests at the same time." : "Too many requests in this minute.";
        var failure = Failure.OfStatus(StatusCodes.Status429TooManyRequests, detail) with { RetryAfter = Failure.Seconds(wait ?? RetryAfter) };
        return http.RequestServices.GetRequiredService<ProblemWriter>().WriteAsync(http, failure);
    }

    /// <summary>Whether a path asks for health or metrics: an answer is wanted most when there is too much to do.</summary>
    public static bool IsProbe(PathString path) =>
        path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase)
        || IsScrape(path)
        || path.StartsWithSegments("/api/cache/health", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/api/dashboard/health", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a request comes with something to let it in by. Wrong keys are held back by themselves.</summary>
    private static bool IsSigned(HttpContext http) => http.Request.Headers.ContainsKey(ApiHeaders.AdminApiKey) || http.User.Identity?.IsAuthenticated == true;

    private static bool IsScrape(PathString path) => path.StartsWithSegments(MetricsScrape.Path, StringComparison.OrdinalIgnoreCase);
}
