using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using NeuroLab.Application.Abstractions.Auditing;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.CacheAdministration;
using NeuroLab.Infrastructure.Caching.Journal;
using NeuroLab.Infrastructure.Configuration;
using NeuroLab.Infrastructure.Resilience;

namespace NeuroLab.Infrastructure.Persistence;

/// <summary>Registers the database: PostgreSQL where <c>ConnectionStrings:Postgres</c> is set, else SQLite in <c>DATA_DIR</c>.</summary>
public static class PersistenceServices
{
    /// <summary>
    /// Registers the ports of persistence and the journal. The schema is made at start. Interceptors that are registered as
    /// <see cref="IInterceptor"/> see every statement of EF Core.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">Read when the first service is made, not now.</param>
    public static IServiceCollection AddPersistence(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSettings<DatabaseOptions>(configuration);
        services.AddSingleton(_ => new DataDirectory(configuration));
        services.AddSingleton(provider => DatabaseTarget.From(
            configuration,
            provider.GetRequiredService<DataDirectory>(),
            provider.GetRequiredService<IOptions<DatabaseOptions>>().Value,
            provider.GetServices<IInterceptor>()));
        services.AddSingleton<IDatabaseDriver, DatabaseDriver>();
        services.AddSingleton<Database>();
        services.AddSingleton(provider => new ObservedCircuit(
            "database", () => provider.GetRequiredService<Database>().Circuit, told => provider.GetRequiredService<Database>().CircuitChanged += told));
        services.AddSingleton<DatabaseInitializer>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<DatabaseInitializer>());

        services.AddScoped<WorkContext>();
        services.AddScoped<IUnitOfWork, UnitOfWork>();
        services.AddScoped<IExperimentRepository, ExperimentRepository>();
        services.AddScoped<IAccountRepository, AccountRepository>();
        services.AddScoped<IAuditLog, AuditLog>();

        services.AddSingleton<IExperimentReader, ExperimentReader>();
        services.AddSingleton<IDashboardReader, DashboardReader>();
        services.AddSingleton<IDatabaseHealth, DatabaseHealth>();
        services.AddSingleton<IInvalidationJournal, DatabaseJournal>();
        services.AddSingleton<INodeRegistry, NodeRegistry>();
        services.AddSingleton<ServiceKeyStore>();
        services.AddSingleton<BulkWriter>();
        services.AddSingleton<IAuditReader, AuditReader>();
        services.AddHostedService<Retention>();
        return services;
    }
}
