using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NeuroLab.Application;
using NeuroLab.Domain.Accounts;
using NeuroLab.Infrastructure;
using NeuroLab.Infrastructure.Caching.Journal;
using NeuroLab.Infrastructure.Maintenance;
using NeuroLab.Infrastructure.Persistence;

namespace NeuroLab.Benchmarks.Harness;

/// <summary>The product as its service composes it, without HTTP: use cases, pipeline, engine, journal and database; on SQLite, or on PostgreSQL and Redis where it is told of them.</summary>
internal sealed class Product : IAsyncDisposable
{
    private readonly string _directory;
    private readonly IHost _host;

    private Product(string directory, IHost host) => (_directory, _host) = (directory, host);

    public IServiceProvider Services => _host.Services;

    /// <summary>Starts it on an empty or an existing database.</summary>
    /// <param name="settings">More settings.</param>
    /// <param name="interceptor">Sees every statement of EF Core; null: none does.</param>
    public static async Task<Product> StartAsync(IReadOnlyDictionary<string, string?>? settings = null, IInterceptor? interceptor = null)
    {
        var directory = Directory.CreateTempSubdirectory("neurolab-benchmark-").FullName;
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { [DataDirectory.Name] = directory })
            .AddInMemoryCollection(settings ?? new Dictionary<string, string?>())
            .Build();
        var host = new HostBuilder()
            .UseDefaultServiceProvider(options => options.ValidateScopes = true)
            .ConfigureServices(services =>
            {
                services.AddSingleton<IConfiguration>(configuration);
                // As in service: one provider, debug messages off.
                services.AddLogging(logging => logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Error));
                services.AddSingleton(TimeProvider.System);
                services.AddUseCases(typeof(NeuroLab.Application.DependencyInjection).Assembly, typeof(Product).Assembly);
                services.AddInfrastructure(configuration);
                if (interceptor is not null)
                {
                    services.AddSingleton(interceptor);
                }
            })
            .Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<Database>().Ready;
        return new Product(directory, host);
    }

    /// <summary>Stores accounts, and experiments for each; no password of theirs is known.</summary>
    /// <returns>Their ids.</returns>
    public async Task<IReadOnlyList<Guid>> AddUsersAsync(int users, int experiments)
    {
        const int Batch = 1_000;
        var writer = Services.GetRequiredService<BulkWriter>();
        var now = DateTime.UtcNow;
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond));
        var ids = Enumerable.Range(0, users).Select(_ => Guid.CreateVersion7()).ToList();
        foreach (var batch in ids.Chunk(Batch))
        {
            await writer.AddAsync([.. batch.Select(id => new User(id, $"{id:N}@example.org", "A user", "none", now))], CancellationToken.None);
        }

        foreach (var batch in ids.Chunk(Math.Max(1, Batch / Math.Max(1, experiments))))
        {
            var drawn = batch.SelectMany(id => new SampleHistory(id, now.AddDays(-90), now, new Domain.Common.SeededRandom(id.GetHashCode())).Experiments(experiments)).ToList();
            await writer.AddAsync(drawn, CancellationToken.None);
        }

        // Past what this has written, as after a command: else what is cached next is overtaken by it.
        await Services.GetRequiredService<JournalFollower>().CatchUpAsync();
        return ids;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
