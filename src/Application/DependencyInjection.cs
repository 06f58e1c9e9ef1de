using System.Reflection;
using FluentValidation;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Behaviours;
using NeuroLab.Application.CacheAdministration;

namespace NeuroLab.Application;

/// <summary>Registers the use cases and the pipeline around them.</summary>
public static class DependencyInjection
{
    /// <summary>Adds the requests of this assembly.</summary>
    public static IServiceCollection AddApplication(this IServiceCollection services) =>
        services.AddUseCases(typeof(DependencyInjection).Assembly);

    /// <summary>Adds the mediator, and the handlers and validators of assemblies, behind the pipeline.</summary>
    /// <remarks>The order below is the order of the pipeline, outermost first.</remarks>
    public static IServiceCollection AddUseCases(this IServiceCollection services, params Assembly[] assemblies)
    {
        services.AddScoped<IMediator>(provider => new Mediator(provider.GetService!));
        services.Scan(scan => scan.FromAssemblies(assemblies)
            .AddClasses(classes => classes.AssignableTo(typeof(IRequestHandler<,>)), publicOnly: false)
            .As(type => type.GetInterfaces().Where(contract => IsClosed(contract, typeof(IRequestHandler<,>))))
            .WithScopedLifetime()
            .AddClasses(classes => classes.AssignableTo(typeof(IValidator<>)), publicOnly: false)
            .As(type => type.GetInterfaces().Where(contract => IsClosed(contract, typeof(IValidator<>))))
            .WithSingletonLifetime());

        services.AddSingleton(typeof(IPipelineBehavior<,>), typeof(RequestLoggingBehavior<,>));
        services.AddValidation(assemblies);
        services.AddBehavior(assemblies, typeof(ICacheableQuery<>), typeof(Cached<>), typeof(CachingBehavior<,>), ServiceLifetime.Singleton);
        services.AddBehavior(assemblies, typeof(ICommand<>), typeof(Committed<>), typeof(TransactionBehavior<,>), ServiceLifetime.Scoped);
        foreach (var contract in Concrete(assemblies).SelectMany(request => request.GetInterfaces()).Where(contract => IsClosed(contract, typeof(IWarmableQuery<,>))))
        {
            services.AddScoped(typeof(IUserWarmUp), typeof(UserWarmUp<,>).MakeGenericType(contract.GetGenericArguments()));
        }

        return services;
    }

    /// <summary>Adds validation for every request that has a validator: each behaviour costs whoever passes through it.</summary>
    private static void AddValidation(this IServiceCollection services, IEnumerable<Assembly> assemblies)
    {
        var validated = Concrete(assemblies).SelectMany(type => type.GetInterfaces()).Where(contract => IsClosed(contract, typeof(IValidator<>)))
            .Select(contract => contract.GetGenericArguments()[0]).Distinct();
        foreach (var request in validated)
        {
            foreach (var contract in request.GetInterfaces().Where(contract => IsClosed(contract, typeof(IRequest<>))))
            {
                Type[] pair = [request, contract.GetGenericArguments()[0]];
                services.AddSingleton(typeof(IPipelineBehavior<,>).MakeGenericType(pair), typeof(ValidationBehavior<,>).MakeGenericType(pair));
            }
        }
    }

    /// <summary>
    /// Adds a behaviour <c>B&lt;TRequest, T&gt;</c> for every request whose answer is <c>Envelope&lt;T&gt;</c>. The container cannot close such a generic by itself.
    /// </summary>
    private static void AddBehavior(
        this IServiceCollection services, IEnumerable<Assembly> assemblies, Type requestContract, Type envelope, Type behavior, ServiceLifetime lifetime)
    {
        foreach (var request in Concrete(assemblies))
        {
            foreach (var contract in request.GetInterfaces().Where(contract => IsClosed(contract, requestContract)))
            {
                var answer = contract.GetGenericArguments()[0];
                services.Add(new ServiceDescriptor(
                    typeof(IPipelineBehavior<,>).MakeGenericType(request, envelope.MakeGenericType(answer)),
                    behavior.MakeGenericType(request, answer),
                    lifetime));
            }
        }
    }

    private static IEnumerable<Type> Concrete(IEnumerable<Assembly> assemblies) =>
        assemblies.SelectMany(assembly => assembly.GetTypes()).Where(type => type is { IsAbstract: false, ContainsGenericParameters: false });

    private static bool IsClosed(Type contract, Type open) => contract.IsGenericType && contract.GetGenericTypeDefinition() == open;
}
