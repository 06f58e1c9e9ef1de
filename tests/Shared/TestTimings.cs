using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Infrastructure.Caching.Diagnostics;

namespace NeuroLab.Tests;

/// <summary>Timings for what is tested without a container.</summary>
internal static class TestTimings
{
    /// <summary>Timings that nobody listens to.</summary>
    public static CacheTimings Unheard { get; } =
        new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>(), TimeProvider.System);
}
