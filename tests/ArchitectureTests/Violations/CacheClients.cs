using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using ZiggyCreatures.Caching.Fusion;

namespace ZiggyCreatures.Caching.Fusion
{
    /// <summary>Stands for the package: only its name is looked at.</summary>
    internal interface IFusionCache;
}

namespace NeuroLab.ArchitectureTests.Violations.CacheClients
{
    internal sealed class UsesAMemoryCache
    {
        public static object? Find(IMemoryCache cache) => cache.Get("key");
    }

    internal sealed class UsesADistributedCache
    {
        public static Task<byte[]?> FindAsync(IDistributedCache cache, CancellationToken cancellationToken) => cache.GetAsync("key", cancellationToken);
    }

    internal sealed class UsesAHybridCache(HybridCache cache)
    {
        public override string ToString() => $"{cache}";
    }

    internal sealed class UsesARedisDatabase
    {
        public static Task<RedisValue> FindAsync(IDatabaseAsync database) => database.StringGetAsync("key");
    }

    internal sealed class UsesAFusionCache(IFusionCache cache)
    {
        public override string ToString() => $"{cache}";
    }

    internal sealed class UsesAResponseCache
    {
        public static void Use(IApplicationBuilder app) => app.UseResponseCaching();
    }

    internal sealed class AddsAnOutputCache
    {
        public static void Add(IServiceCollection services) => services.AddOutputCache();
    }

    internal sealed class UsesAnOutputCache
    {
        public static void Use(IApplicationBuilder app) => app.UseOutputCache();
    }

    internal sealed class KeepsAnAnswerInAnOutputCache
    {
        public static void Keep(RouteHandlerBuilder endpoint) => endpoint.CacheOutput();
    }

    internal sealed class UsesTheCacheOfTheProduct
    {
        public static object Same(NeuroLab.Application.Abstractions.Caching.ICache cache) => cache;
    }
}
