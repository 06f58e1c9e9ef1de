using System.Collections.Concurrent;
using BitFaster.Caching;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.Memory;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Benchmarks.Harness;
using ZiggyCreatures.Caching.Fusion;

namespace NeuroLab.Benchmarks.Peers;

/// <summary>The limit: a dictionary that never forgets.</summary>
internal readonly struct DictionaryReader(ConcurrentDictionary<string, string> dictionary) : IReadThrough<string>
{
    public string Get(string key) => dictionary.TryGetValue(key, out var value) ? value : dictionary.GetOrAdd(key, static _ => Engine.Loaded);
}

/// <summary>The engine, by keys that were made once.</summary>
internal readonly struct EngineReader(Engine engine, params string[] tags) : IReadThrough<CacheKey>
{
    public string Get(CacheKey key) => engine.Get(key, tags);
}

/// <summary>The engine, by keys that are made from their text each time.</summary>
internal readonly struct EngineTextReader(Engine engine) : IReadThrough<string>
{
    public string Get(string key) => engine.Get(CacheKey.Of(key));
}

/// <summary>The engine's memory tier alone, with a time to live: what a cache does that has neither flights nor a journal.</summary>
internal readonly struct TierReader(IMemoryTier tier) : IReadThrough<CacheKey>
{
    private const long TimeToLive = 30 * 60 * 1000;

    public string Get(CacheKey key)
    {
        if (tier.TryGet(key, out var entry) && Environment.TickCount64 < entry.FreshUntil)
        {
            return ((TierEntry)entry).Value;
        }

        tier.Set(new TierEntry(key, Engine.Loaded, Environment.TickCount64 + TimeToLive));
        return Engine.Loaded;
    }
}

/// <summary>BitFaster's caches.</summary>
internal readonly struct BitFasterReader<TCache>(TCache cache) : IReadThrough<string>
    where TCache : ICache<string, string>
{
    public string Get(string key) => cache.GetOrAdd(key, static _ => Engine.Loaded);
}

/// <summary>A plain lock around exact order.</summary>
internal readonly struct ExactLruReader(ExactLru<string, string> cache) : IReadThrough<string>
{
    public string Get(string key) => cache.GetOrAdd(key, static _ => Engine.Loaded);
}

/// <summary>MemoryCache, with an absolute expiry.</summary>
internal readonly struct MemoryCacheReader(MemoryCache cache) : IReadThrough<string>
{
    private static readonly MemoryCacheEntryOptions Options = new() { AbsoluteExpirationRelativeToNow = PeerCaches.TimeToLive, Size = 1 };

    public static void Set(MemoryCache cache, string key, string value) => cache.Set(key, value, Options);

    public string Get(string key)
    {
        if (cache.TryGetValue(key, out string? value))
        {
            return value!;
        }

        cache.Set(key, Engine.Loaded, Options);
        return Engine.Loaded;
    }
}

/// <summary>HybridCache without a second tier.</summary>
internal readonly struct HybridReader(HybridCache cache) : IReadThrough<string>
{
    public string Get(string key)
    {
        var read = cache.GetOrCreateAsync(key, static _ => new ValueTask<string>(Engine.Loaded));
        return read.IsCompletedSuccessfully ? read.Result : read.AsTask().GetAwaiter().GetResult();
    }
}

/// <summary>FusionCache without a second tier.</summary>
internal readonly struct FusionReader(IFusionCache cache, params string[]? tags) : IReadThrough<string>
{
    public string Get(string key)
    {
        var read = cache.GetOrSetAsync<string>(key, static (_, _) => Task.FromResult(Engine.Loaded), tags: tags);
        return read.IsCompletedSuccessfully ? read.Result : read.AsTask().GetAwaiter().GetResult();
    }
}
