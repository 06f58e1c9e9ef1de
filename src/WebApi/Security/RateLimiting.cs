using System.Threading.RateLimiting;
using NeuroLab.WebApi.Errors;
using NeuroLab.WebApi.Http;
using NeuroLab.WebApi.Settings;

namespace NeuroLab.WebApi.Security;

/// <summary>How many requests one user, or one address, may send a minute. Probes of health are not counted.</summary>
internal static class RateLimiting
{
    /// <summary>Registers the limit, where there is one.</summary>
    public static void AddRequestLimit(this IServiceCollection services, ServiceSettings settings)
    {
        if (settings.RateLimitPerMinute == 0)
        {
            return;
        }

        services.AddRateLimiter(options =>
        {
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http => IsProbe(http.Request.Path)
                ? RateLimitPartition.GetNoLimiter("probe")
                : RateLimitPartition.GetFixedWindowLimiter(PartitionOf(http), _ => new FixedWindowRateLimiterOptions
                {
                    PermitLimit = settings.RateLimitPerMinute,
                    Window = TimeSpan.FromMinutes(1),
                    QueueLimit = 0,
                }));
            options.OnRejected = static async (context, _) =>
            {
                var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var time) ? time : TimeSpan.FromMinutes(1);
                var failure = Failure.OfStatus(StatusCodes.Status429TooManyRequests, "Too many requests in this minute.") with { RetryAfter = Failure.Seconds(wait) };
                await context.HttpContext.RequestServices.GetRequiredService<ProblemWriter>().WriteAsync(context.HttpContext, failure);
            };
        });
    }

    /// <summary>Applies the limit, where there is one.</summary>
    public static void UseRequestLimit(this IApplicationBuilder app, ServiceSettings settings)
    {
        if (settings.RateLimitPerMinute > 0)
        {
            app.UseRateLimiter();
        }
    }

    private static bool IsProbe(PathString path) =>
        path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/api/cache/health", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/api/dashboard/health", StringComparison.OrdinalIgnoreCase);

    private static string PartitionOf(HttpContext http) =>
        SignedInUser.TryGetId(http.User, out var id) ? $"user:{id:N}" : $"address:{http.ClientAddress()}";
}
