using System.Reflection;
using System.Text;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using NeuroLab.Application;
using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;
using NeuroLab.Domain.Accounts;
using NeuroLab.Domain.Experiments;
using NeuroLab.Infrastructure;
using NeuroLab.Infrastructure.Caching.Serialization;
using NeuroLab.IntegrationTests.Persistence;

namespace NeuroLab.IntegrationTests.Coverage;

/// <summary>What a query was answered with.</summary>
/// <param name="Json">The answer; null where there is no such thing.</param>
/// <param name="IsFreshHit">Whether it came from the cache, as fresh.</param>
internal sealed record Answer(string? Json, bool IsFreshHit);

/// <summary>
/// The whole of the product below the web, in this process and on a real database, with a clock that stands still: nothing expires, and nothing works in the background. The requests of
/// this assembly are in it too.
/// </summary>
internal sealed class CoverageWorld : IAsyncDisposable
{
    private static readonly MethodInfo AskOpen = Generic(nameof(AskAsync));
    private static readonly MethodInfo SendOpen = Generic(nameof(SendAsync));

    private string _passwordHash = "";

    private CoverageWorld(TestDatabase database) => Database = database;

    /// <summary>The node.</summary>
    public TestDatabase Database { get; }

    /// <summary>The moment at which the clock stands, UTC.</summary>
    public DateTime Now => Database.Get<TimeProvider>().GetUtcNow().UtcDateTime;

    /// <summary>Starts it.</summary>
    /// <param name="connectionString">Of PostgreSQL; null: on SQLite.</param>
    public static async Task<CoverageWorld> StartAsync(string? connectionString = null)
    {
        var database = TestDatabase.Composed(
            (services, configuration) => services
                .AddSingleton<TimeProvider>(new FakeTimeProvider(TimeProvider.System.GetUtcNow()))
                .AddUseCases(typeof(ICommand).Assembly, typeof(CoverageWorld).Assembly)
                .AddInfrastructure(configuration),
            connectionString);
        var world = new CoverageWorld(await database.ReadyAsync());
        world._passwordHash = await database.Get<IPasswordHasher>().HashAsync(SampleUser.Password, CancellationToken.None);
        return world;
    }

    /// <summary>A new account with experiments.</summary>
    public async Task<SampleUser> AddUserAsync()
    {
        var id = Guid.NewGuid();
        var anHourAgo = Now.AddHours(-1);
        var user = new User(id, $"{id:N}@example.org", "Some One", _passwordHash, anHourAgo);
        var experiments = new[] { ExperimentType.HeartRate, ExperimentType.Memory }.Select(type => Sample.Experiment(user, anHourAgo, type)).ToList();
        await Database.CommitAsync(services =>
        {
            services.GetRequiredService<IAccountRepository>().Add(user);
            experiments.ForEach(experiment => services.GetRequiredService<IExperimentRepository>().Add(experiment, Sample.Result(experiment)));
        });
        return new SampleUser(id, user.Email, [.. experiments.Select(experiment => experiment.Id)], new ScopedMediator(Database.Services));
    }

    /// <summary>Asks a query through the pipeline.</summary>
    public Task<Answer> AskAsync(ICacheableQuery query) => (Task<Answer>)Close(AskOpen, query, typeof(ICacheableQuery<>)).Invoke(this, [query])!;

    /// <summary>Sends a request through the pipeline.</summary>
    public Task SendAsync(IBaseRequest request) => (Task)Close(SendOpen, request, typeof(IRequest<>)).Invoke(this, [request])!;

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    private async Task<Answer> AskAsync<T>(ICacheableQuery<T> query)
    {
        try
        {
            var cached = await new ScopedMediator(Database.Services).Send(query);
            return new Answer(Encoding.UTF8.GetString(Database.Get<CacheSerializer>().Serialize(cached.Value).Span), cached.Freshness is { IsHit: true, IsStale: false });
        }
        catch (NotFoundException)
        {
            return new Answer(null, false);
        }
    }

    private Task<T> SendAsync<T>(IRequest<T> request) => new ScopedMediator(Database.Services).Send(request);

    private static MethodInfo Generic(string name) =>
        typeof(CoverageWorld).GetMethods(BindingFlags.NonPublic | BindingFlags.Instance).Single(method => method.Name == name && method.IsGenericMethodDefinition);

    private static MethodInfo Close(MethodInfo open, object request, Type contract) =>
        open.MakeGenericMethod(request.GetType().GetInterfaces().Single(one => one.IsGenericType && one.GetGenericTypeDefinition() == contract).GetGenericArguments());

    /// <summary>Sends each request in a scope of its own, as the web does.</summary>
    private sealed class ScopedMediator(IServiceProvider services) : IMediator
    {
        public async Task<TResponse> Send<TResponse>(IRequest<TResponse> request, CancellationToken cancellationToken = default)
        {
            await using var scope = services.CreateAsyncScope();
            return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(request, cancellationToken);
        }

        public Task Publish<TNotification>(TNotification notification, CancellationToken cancellationToken = default)
            where TNotification : INotification => throw new NotSupportedException();
    }
}
