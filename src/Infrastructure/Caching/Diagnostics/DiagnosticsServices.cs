using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace NeuroLab.Infrastructure.Caching.Diagnostics;

/// <summary>Registers what is counted and measured, for the engine and for the shared tier alike.</summary>
internal static class DiagnosticsServices
{
    /// <summary>Adds the counts and the timings, once.</summary>
    public static IServiceCollection AddCacheDiagnostics(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<CacheCounters>();
        services.TryAddSingleton<CacheTimings>();
        return services;
    }
}
