using MediatR;
using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.IntegrationTests.Http;
using NeuroLab.WebApi.Http;

namespace NeuroLab.IntegrationTests.OpenApi;

/// <summary>The service on SQLite, whose use cases fail, or answer, as a test says.</summary>
public sealed class FailingApi : ApiHost
{
    /// <summary>Answers, or throws, in place of the use case of a request; null, or null for a request, leaves it alone.</summary>
    public Func<object, object?>? Instead { get; set; }

    /// <summary>How fresh the answers of cached queries are called, whatever they are; null: as they are.</summary>
    public Freshness? Freshness { get; set; }

    protected override void Replace(IServiceCollection services)
    {
        services.AddScoped<IMediator>(provider => new Detour(new Mediator(provider.GetService!), this));
        services.AddSingleton(provider => new CachedQueries(new Detour(new Mediator(provider.GetService!), this), provider.GetRequiredService<TimeProvider>()));
    }

    private sealed class Detour(IMediator mediator, FailingApi api) : IMediator
    {
        public async Task<TResponse> Send<TResponse>(IRequest<TResponse> request, CancellationToken cancellationToken = default) =>
            api.Instead?.Invoke(request) is { } instead ? (TResponse)instead : Marked(await mediator.Send(request, cancellationToken));

        public Task Publish<TNotification>(TNotification notification, CancellationToken cancellationToken = default)
            where TNotification : INotification => mediator.Publish(notification, cancellationToken);

        private TResponse Marked<TResponse>(TResponse answer) =>
            api.Freshness is { } freshness && typeof(TResponse) is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Cached<>)
                ? (TResponse)Activator.CreateInstance(type, type.GetProperty("Value")!.GetValue(answer), freshness)!
                : answer;
    }
}

/// <summary>The service on SQLite, which takes one request a minute of who is not signed in.</summary>
public sealed class BusyApi : ApiHost
{
    protected override Task ConfigureAsync(Dictionary<string, string> settings)
    {
        settings["RATE_LIMIT_PER_MINUTE"] = "1";
        return Task.CompletedTask;
    }
}
