using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.Memory;
using StackExchange.Redis;

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

    internal sealed class UsesTheCacheOfTheProduct
    {
        public static object Same(NeuroLab.Application.Abstractions.Caching.ICache cache) => cache;
    }
}
