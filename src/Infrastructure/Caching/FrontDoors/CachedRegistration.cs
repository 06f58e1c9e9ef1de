using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Infrastructure.Caching.FrontDoors;

/// <summary>Registers the caching of services.</summary>
public static class CachedRegistration
{
    /// <summary>
    /// Answers the methods of a registered interface that have <see cref="CachedAttribute"/> from the cache. Comes after the service's own registration, of whatever lifetime. A load
    /// resolves the service in a scope of its own, which ends with the load; the methods without the attribute go to the instance of the caller's scope.
    /// </summary>
    /// <typeparam name="TService">The interface.</typeparam>
    /// <exception cref="InvalidOperationException">It is not registered exactly once, is cached already, or a method of it cannot be cached; the message names it and the reason.</exception>
    public static IServiceCollection AddCached<TService>(this IServiceCollection services)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(services);
        var known = services.Where(one => !one.IsKeyedService).Select(one => one.ImplementationInstance).OfType<CachedService>().ToList();
        if (known.Exists(one => one.Type == typeof(TService)))
        {
            throw new InvalidOperationException($"{typeof(TService)} is cached already.");
        }

        var count = services.Count(IsPlain<TService>);
        if (count != 1)
        {
            throw new InvalidOperationException(count == 0
                ? $"{typeof(TService)} is not registered: AddCached comes after its registration."
                : $"{typeof(TService)} is registered {count} times: which of them is to be cached cannot be told.");
        }

        var service = new CachedService(typeof(TService), known);
        var before = KeysOf<TService>(services).ToHashSet();
        services.AddSingleton(service);
        services.Decorate<TService>((inner, provider) => CachedProxy.Of(service, inner, provider.GetRequiredService<ICache>()));

        // What was registered is kept under a key, from which a load resolves it.
        service.UndecoratedKey = KeysOf<TService>(services).Single(key => !before.Contains(key));
        return services;
    }

    private static IEnumerable<object?> KeysOf<TService>(IServiceCollection services) =>
        services.Where(one => one.ServiceType == typeof(TService) && one.IsKeyedService).Select(one => one.ServiceKey);

    private static bool IsPlain<TService>(ServiceDescriptor descriptor) => descriptor.ServiceType == typeof(TService) && !descriptor.IsKeyedService;
}
