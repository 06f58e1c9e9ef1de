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
    private readonly ServiceProvider _services;

    private Engine(ServiceProvider services) => _services = services;

    public ICache Cache => _services.GetRequiredService<ICache>();

    public IMemoryTier Memory => _services.GetRequiredService<IMemoryTier>();

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
    public Task SetAsync(CacheKey key, string value) => Cache.SetAsync(key, value, CachePolicy.Default, [], null, CancellationToken.None);

    /// <summary>Reads a value; loads it where it is not there.</summary>
    public Task<Cached<string>> GetAsync(CacheKey key) => Cache.GetOrLoadAsync(
        key, 0, static (_, _, _) => Task.FromResult<LoadResult<string>>("loaded"), CachePolicy.Default, [], default, CancellationToken.None);

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
