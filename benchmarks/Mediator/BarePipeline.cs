using System.Collections.Concurrent;
using MediatR;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using ZiggyCreatures.Caching.Fusion;

namespace NeuroLab.Benchmarks.Mediator;

/// <summary>
/// MediatR with behaviours that do nothing, the innermost of which answers: what a pipeline of that length costs at least. The behaviours are open generics made
/// anew for each request, as MediatR's own documentation registers them.
/// </summary>
internal static class BarePipeline
{
    private static readonly Type[] Empty = [typeof(EmptyBehavior1<,>), typeof(EmptyBehavior2<,>), typeof(EmptyBehavior3<,>), typeof(EmptyBehavior4<,>)];

    /// <summary>Makes one.</summary>
    /// <param name="behaviors">How many behaviours it has, with the one that answers.</param>
    /// <param name="innermost">The one that answers.</param>
    public static ServiceProvider Create(int behaviors, Type innermost)
    {
        var services = new ServiceCollection();
        services.AddScoped<IMediator>(provider => new MediatR.Mediator(provider.GetService!));
        services.AddLogging();
        services.AddMemoryCache();
        var life = TimeSpan.FromHours(1);
        services.AddHybridCache(options => options.DefaultEntryOptions = new HybridCacheEntryOptions { Expiration = life, LocalCacheExpiration = life });
        services.AddFusionCache().WithDefaultEntryOptions(new FusionCacheEntryOptions(life));
        foreach (var behavior in Empty.Take(behaviors - 1).Append(innermost))
        {
            services.AddTransient(typeof(IPipelineBehavior<,>), behavior);
        }

        return services.BuildServiceProvider();
    }

    private sealed class EmptyBehavior1<TRequest, TResponse> : IPipelineBehavior<TRequest, TResponse>
        where TRequest : IRequest<TResponse>
    {
        public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next) => next();
    }

    private sealed class EmptyBehavior2<TRequest, TResponse> : IPipelineBehavior<TRequest, TResponse>
        where TRequest : IRequest<TResponse>
    {
        public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next) => next();
    }

    private sealed class EmptyBehavior3<TRequest, TResponse> : IPipelineBehavior<TRequest, TResponse>
        where TRequest : IRequest<TResponse>
    {
        public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next) => next();
    }

    private sealed class EmptyBehavior4<TRequest, TResponse> : IPipelineBehavior<TRequest, TResponse>
        where TRequest : IRequest<TResponse>
    {
        public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next) => next();
    }

    /// <summary>Answers from a dictionary by the request's key, built as the product's pipeline builds it.</summary>
    internal sealed class DictionaryBehavior<TRequest, TResponse> : IPipelineBehavior<TRequest, TResponse>
        where TRequest : IRequest<TResponse>, ICacheableQuery
    {
        public static readonly ConcurrentDictionary<CacheKey, Task<TResponse>> Answers = new();

        public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next) => Answers[request.Key];
    }

    /// <summary>Answers from a dictionary whose key is at hand: the request itself.</summary>
    internal sealed class KeyedBehavior<TRequest, TResponse> : IPipelineBehavior<TRequest, TResponse>
        where TRequest : IRequest<TResponse>
    {
        public static readonly ConcurrentDictionary<TRequest, Task<TResponse>> Answers = new();

        public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next) => Answers[request];
    }

    internal sealed class HybridBehavior<TRequest, TResponse>(HybridCache cache) : IPipelineBehavior<TRequest, TResponse>
        where TRequest : IRequest<TResponse>, ICacheableQuery
    {
        public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next) =>
            cache.GetOrCreateAsync<TResponse>(request.Key.Value, static _ => throw new InvalidOperationException("It is cached."), cancellationToken: cancellationToken).AsTask();
    }

    internal sealed class FusionBehavior<TRequest, TResponse>(IFusionCache cache) : IPipelineBehavior<TRequest, TResponse>
        where TRequest : IRequest<TResponse>, ICacheableQuery
    {
        public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next) =>
            cache.GetOrSetAsync<TResponse>(request.Key.Value, static (_, _) => throw new InvalidOperationException("It is cached."), token: cancellationToken).AsTask();
    }
}
