using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Diagnostics;
using NeuroLab.Infrastructure.Caching.Engine;
using NeuroLab.Infrastructure.Caching.FrontDoors;
using NeuroLab.Infrastructure.Caching.Journal;
using NeuroLab.Infrastructure.Caching.Memory;
using NeuroLab.Infrastructure.Caching.Observatory;
using NeuroLab.Infrastructure.Caching.Redis;
using NeuroLab.Infrastructure.Caching.Serialization;
using NeuroLab.Infrastructure.Configuration;

namespace NeuroLab.Infrastructure.Caching;

/// <summary>Registers the cache engine.</summary>
public static class CachingServices
{
    /// <summary>Adds the engine with its memory tier. The journal and the shared tier are added by themselves; without them they are in the process, and none.</summary>
    public static IServiceCollection AddCaching(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddSettings<CacheOptions>(configuration);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IInvalidationJournal, InProcessJournal>();
        services.TryAddSingleton<IInvalidationHints, NoHints>();
        services.TryAddSingleton<ILoadLock, NoLoadLock>();
        services.TryAddSingleton<CacheSerializer>();
        services.AddSingleton<CacheClock>();
        services.AddCacheDiagnostics();
        services.AddSingleton<IMemoryTier>(provider =>
        {
            var options = provider.GetRequiredService<IOptions<CacheOptions>>().Value;
            return new MemoryTier(options.MemoryMaxSize, options.MemoryMaxBytes);
        });
        services.AddSingleton(provider => new InvalidationIndex(provider.GetRequiredService<IOptions<CacheOptions>>().Value.MaxRecords));
        services.AddSingleton<IJournalObserver, MemoryPurger>();
        services.AddSingleton(provider =>
        {
            var memory = provider.GetRequiredService<IMemoryTier>();
            var follower = ActivatorUtilities.CreateInstance<JournalFollower>(provider);
            follower.JournalReplaced += () => memory.RemoveWhere(_ => true);
            return follower;
        });
        services.AddSingleton<EntryFactory>();
        services.AddSingleton<Shelves>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<FlightTable>(
            provider, provider.GetRequiredService<IOptions<CacheOptions>>().Value.VerificationWindow));
        services.AddSingleton<LoadTurn>();
        services.AddSingleton<Loader>();
        services.AddSingleton<Explainer>();
        services.AddSingleton<Invalidator>();
        services.AddSingleton<ICommitObserver>(provider => provider.GetRequiredService<Invalidator>());
        services.AddSingleton<CacheEngine>();
        services.AddSingleton<ICache>(provider => provider.GetRequiredService<CacheEngine>());
        services.AddSingleton<HybridCache, EngineHybridCache>();
        services.AddSingleton<ICacheAdministration, CacheAdministration>();
        services.AddHostedService<JournalWorker>();
        services.AddHostedService<MemoryCleaner>();
        services.AddHostedService<CacheMeter>();
        services.AddHostedService<StoreMetrics>();
        services.AddObservatory();
        return services;
    }
}
