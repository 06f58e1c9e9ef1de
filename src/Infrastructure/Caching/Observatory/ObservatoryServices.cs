using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using NeuroLab.Application.CacheAdministration;

namespace NeuroLab.Infrastructure.Caching.Observatory;

/// <summary>Registers what can be watched of the cache.</summary>
internal static class ObservatoryServices
{
    /// <summary>Adds the observatory. Without a registry the node is alone.</summary>
    public static IServiceCollection AddObservatory(this IServiceCollection services)
    {
        services.TryAddSingleton<INodeRegistry, NoOtherNodes>();
        services.AddSingleton<NodeIdentity>();
        services.AddSingleton<Watchers>();
        services.AddSingleton<EventFeed>();
        services.AddSingleton<NodeObserver>();
        services.AddSingleton<NodeBoard>();
        services.AddSingleton<ICacheObservatory, CacheObservatory>();
        services.AddHostedService(provider =>
        {
            // From the start on, and not from the first who watches.
            _ = provider.GetRequiredService<EventFeed>();
            return provider.GetRequiredService<NodeBoard>();
        });
        services.AddHostedService<NodeEntry>();
        return services;
    }

    /// <summary>For a node that is alone.</summary>
    private sealed class NoOtherNodes : INodeRegistry
    {
        public bool IsShared => false;

        public Task EnterAsync(NodeStatus node, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task LeaveAsync(Guid node, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<IReadOnlyList<NodeStatus>> ReadAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<NodeStatus>>([]);
    }
}
