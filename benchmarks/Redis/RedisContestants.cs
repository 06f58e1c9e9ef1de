using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Benchmarks.Harness;
using StackExchange.Redis;
using ZiggyCreatures.Caching.Fusion;
using ZiggyCreatures.Caching.Fusion.Serialization.SystemTextJson;

namespace NeuroLab.Benchmarks.Redis;

/// <summary>A Redis of its own with the ways to use it, each with keys and a connection of its own.</summary>
internal sealed class RedisContestants : IAsyncDisposable
{
    /// <summary>How long values live: longer than a run.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    private readonly RedisProcess _redis;
    private readonly ServiceProvider _services;
    private readonly ConnectionMultiplexer _connection;

    private RedisContestants(RedisProcess redis, ServiceProvider services, ConnectionMultiplexer connection, Engine engine)
    {
        (_redis, _services, _connection, Engine) = (redis, services, connection, engine);
        Database = connection.GetDatabase();
    }

    public IDatabase Database { get; }

    public Engine Engine { get; }

    public HybridCache Hybrid => _services.GetRequiredService<HybridCache>();

    public IFusionCache Fusion => _services.GetRequiredService<IFusionCache>();

    public static async Task<RedisContestants> StartAsync()
    {
        var redis = await RedisProcess.StartAsync();
        var address = (IPEndPoint)redis.Server.EndPoint;
        var services = new ServiceCollection();
        services.AddSingleton<IDistributedCache>(new RedisCache(new RedisCacheOptions { Configuration = address.ToString(), InstanceName = "peer:" }));
        services.AddHybridCache();
        services.AddFusionCache()
            .WithSerializer(new FusionCacheSystemTextJsonSerializer())
            .WithDistributedCache(static provider => provider.GetRequiredService<IDistributedCache>())
            .WithoutBackplane();
        var engine = await Engine.StartAsync(capacity: 100, new Dictionary<string, string?>
        {
            ["REDIS_HOST"] = address.Address.ToString(),
            ["REDIS_PORT"] = address.Port.ToString(CultureInfo.InvariantCulture),
        });
        return new RedisContestants(redis, services.BuildServiceProvider(), await ConnectionMultiplexer.ConnectAsync(address.ToString()), engine);
    }

    /// <summary>Waits until the engine's connection serves.</summary>
    public async Task UntilServedAsync(CachePolicy policy)
    {
        var key = CacheKey.Of("first");
        CacheSource source;
        do
        {
            await Engine.Cache.SetAsync(key, Answer.Of(0), policy, [], null, CancellationToken.None);
            source = (await Engine.Cache.GetOrLoadAsync(
                key, 0, static (_, _, _) => Task.FromResult<LoadResult<Answer>>(Answer.Of(0)), policy, [], default, CancellationToken.None)).Freshness.Source;
        }
        while (source != CacheSource.Redis);
    }

    /// <summary>The limit's way to write: the bytes of the default options.</summary>
    public Task<bool> SetRawAsync(string key, Answer value) => Database.StringSetAsync(key, JsonSerializer.SerializeToUtf8Bytes(value), Life);

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        await _services.DisposeAsync();
        await _connection.DisposeAsync();
        await _redis.DisposeAsync();
    }
}
