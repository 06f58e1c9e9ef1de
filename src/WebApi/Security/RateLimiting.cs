using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.Timeouts;
using NeuroLab.WebApi.Errors;
using NeuroLab.WebApi.Http;
using NeuroLab.WebApi.Settings;
using NeuroLab.WebApi.Telemetry;

namespace NeuroLab.WebApi.Security;

/// <summary>
/// How much one user, or one address, may ask for: requests a minute, and requests at the same time. How long a request may take. Probes of health, and scrapes of the metrics, are not counted;
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
        services.AddRequestTimeouts(options => options.DefaultPolicy = new RequestTimeoutPolicy
        {
            Timeout = settings.Limits.RequestTimeout,
            TimeoutStatusCode = StatusCodes.Status503ServiceUnavailable,
            WriteTimeoutResponse = static http => http.RequestServices.GetRequiredService<ProblemWriter>()
                .WriteAsync(http, Failure.Overloaded("The request took too long.", RetryAfter)),
        });
        services.AddSingleton(_ => new PasswordPlaces(settings.RateLimitPerMinute > 0));
        if (settings.RateLimitPerMinute == 0)
        {
            return;
        }

        services.AddRateLimiter(options =>
        {
            // At the same time first: what is refused for that does not count for the minute.
            options.GlobalLimiter = PartitionedRateLimiter.CreateChained(
                OfAUser(settings.Limits), OfAnAddress(settings.Limits), AMinute(settings));
            options.OnRejected = static async (context, _) =>
            {
                var (detail, wait) = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var time)
                    ? ("Too many requests in this minute.", time)
                    : ("Too many requests at the same time.", RetryAfter);
                var failure = Failure.OfStatus(StatusCodes.Status429TooManyRequests, detail) with { RetryAfter = Failure.Seconds(wait) };
                await context.HttpContext.RequestServices.GetRequiredService<ProblemWriter>().WriteAsync(context.HttpContext, failure);
            };
        });
    }

    /// <summary>Applies the limits, where there are any.</summary>
    public static void UseRequestLimit(this IApplicationBuilder app, ServiceSettings settings)
    {
        if (settings.RateLimitPerMinute > 0)
        {
            app.UseRateLimiter();
        }
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

    private static PartitionedRateLimiter<HttpContext> AMinute(ServiceSettings settings) => PartitionedRateLimiter.Create<HttpContext, string>(http =>
        settings.Metrics != MetricsAccess.Anyone && IsScrape(http.Request.Path) ? Minute($"scrapes:{(IsSigned(http) ? "signed" : "open")}:{http.ClientAddress()}", ScrapesAMinute)
        : IsProbe(http.Request.Path) ? RateLimitPartition.GetNoLimiter("probe")
        : Minute(PartitionOf(http), settings.RateLimitPerMinute));

    private static RateLimitPartition<string> Minute(string partition, int requests) =>
        RateLimitPartition.GetFixedWindowLimiter(partition, _ => new FixedWindowRateLimiterOptions { PermitLimit = requests, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 });

    private static PartitionedRateLimiter<HttpContext> OfAUser(RequestLimits limits) =>
        AtTheSameTime(limits.RequestsPerUser, static http => SignedInUser.TryGetId(http.User, out var id) ? id.ToString("N") : null);

    /// <summary>Signed in or not: accounts are to be had for nothing.</summary>
    private static PartitionedRateLimiter<HttpContext> OfAnAddress(RequestLimits limits) => AtTheSameTime(limits.RequestsPerAddress, static http => http.ClientAddress());

    /// <param name="requests">The most of one partition that may be under way.</param>
    /// <param name="partition">Whose a request is; null where the limit is not for it.</param>
    private static PartitionedRateLimiter<HttpContext> AtTheSameTime(int requests, Func<HttpContext, string?> partition) =>
        PartitionedRateLimiter.Create<HttpContext, string>(http => !IsProbe(http.Request.Path) && partition(http) is { } whose
            ? RateLimitPartition.GetConcurrencyLimiter(whose, _ => new ConcurrencyLimiterOptions { PermitLimit = requests, QueueLimit = 0 })
            : RateLimitPartition.GetNoLimiter(""));

    private static string PartitionOf(HttpContext http) =>
        SignedInUser.TryGetId(http.User, out var id) ? $"user:{id:N}" : $"address:{http.ClientAddress()}";
}
