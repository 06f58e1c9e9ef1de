using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching;
using NeuroLab.Infrastructure.Caching.Redis;

namespace NeuroLab.Benchmarks.Harness;

/// <summary>The cache engine as the product composes it, on its in-process journal, following it as it does in service.</summary>
internal sealed class Engine : IAsyncDisposable
{
    /// <summary>What a load brings, here and from the peers.</summary>
    public const string Loaded = "loaded";

    private readonly ServiceProvider _services;

    private Engine(ServiceProvider services)
    {
        _services = services;
        Cache = services.GetRequiredService<ICache>();
        Memory = services.GetRequiredService<IMemoryTier>();
    }

    public ICache Cache { get; }

    public IMemoryTier Memory { get; }

    /// <summary>Starts one whose entries outlive the run, so that hits stay hits.</summary>
    public static Task<Engine> StartLastingAsync(int capacity) =>
        StartAsync(capacity, new Dictionary<string, string?> { ["Cache:DefaultTtl"] = "00:30:00", ["Cache:MemoryTtlCap"] = "00:30:00" });

    public static async Task<Engine> StartAsync(int capacity, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var values = new Dictionary<string, string?>
        {
            ["Cache:MemoryMaxSize"] = capacity.ToString(CultureInfo.InvariantCulture),
            ["Cache:MemoryMaxBytes"] = (16L << 30).ToString(CultureInfo.InvariantCulture),
        };
        foreach (var (name, value) in settings ?? new Dictionary<string, string?>())
        {
            values[name] = value;
        }

        var services = new ServiceCollection();
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        services.AddCaching(configuration);
        services.AddRedisTier(configuration);
        var engine = new Engine(services.BuildServiceProvider());
        foreach (var worker in engine._services.GetServices<IHostedService>())
        {
            await worker.StartAsync(CancellationToken.None);
        }

        return engine;
    }

    /// <summary>Stores a value in memory.</summary>
    public Task SetAsync(CacheKey key, string value, params string[] tags) => Cache.SetAsync(key, value, CachePolicy.Default, tags, null, CancellationToken.None);

    /// <summary>Reads a value; loads it where it is not there.</summary>
    public ValueTask<Cached<string>> GetAsync(CacheKey key, params string[] tags) => Cache.GetOrLoadAsync(
        key, 0, static (_, _, _) => Task.FromResult<LoadResult<string>>(Loaded), CachePolicy.Default, tags, default, CancellationToken.None);

    /// <summary>The same, on this thread.</summary>
    public string Get(CacheKey key, params string[] tags)
    {
        var answer = GetAsync(key, tags);
        return (answer.IsCompletedSuccessfully ? answer.Result : answer.AsTask().GetAwaiter().GetResult()).Value;
    }

    public Task InvalidateAsync(string glob) =>
        Cache.InvalidateAsync([Application.Abstractions.Caching.Invalidation.OfPattern(CachePattern.Glob(glob))], "benchmark", CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _services.GetServices<IHostedService>().Reverse())
        {
            await worker.StopAsync(CancellationToken.None);
        }

        await _services.DisposeAsync();
    }
}
