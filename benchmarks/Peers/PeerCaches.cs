using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using ZiggyCreatures.Caching.Fusion;

namespace NeuroLab.Benchmarks.Peers;

/// <summary>Makes the peers, each as its own pages say, with a time to live that outlasts the run.</summary>
internal static class PeerCaches
{
    public static readonly TimeSpan TimeToLive = TimeSpan.FromMinutes(30);

    public static MemoryCache Memory(long capacity) => new(new MemoryCacheOptions { SizeLimit = capacity });

    /// <summary>HybridCache and the memory under it, which counts the bytes of a value as its size.</summary>
    public static (HybridCache Cache, MemoryCache Memory) Hybrid(long capacityBytes)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMemoryCache(options => options.SizeLimit = capacityBytes);
        services.AddHybridCache(static options => options.DefaultEntryOptions = new HybridCacheEntryOptions { Expiration = TimeToLive, LocalCacheExpiration = TimeToLive });
        var provider = services.BuildServiceProvider();
        return (provider.GetRequiredService<HybridCache>(), (MemoryCache)provider.GetRequiredService<IMemoryCache>());
    }

    /// <summary>FusionCache and the memory under it. Bounded only where that is asked for: it takes more memory then.</summary>
    public static (FusionCache Cache, MemoryCache Memory) Fusion(long? capacity = null)
    {
        var memory = new MemoryCache(new MemoryCacheOptions { SizeLimit = capacity });
        var options = new FusionCacheEntryOptions { Duration = TimeToLive, Size = capacity is null ? null : 1 };
        return (new FusionCache(new FusionCacheOptions { DefaultEntryOptions = options }, memory), memory);
    }
}
