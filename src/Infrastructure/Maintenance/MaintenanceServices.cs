using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Infrastructure.Persistence;

namespace NeuroLab.Infrastructure.Maintenance;

/// <summary>Registers what the verbs of the executable need.</summary>
internal static class MaintenanceServices
{
    public static IServiceCollection AddMaintenance(this IServiceCollection services)
    {
        services.AddSingleton(provider => new DatabasePreparation(provider.GetRequiredService<DatabaseInitializer>()));
        services.AddSingleton(provider => new SampleData(
            provider.GetRequiredService<BulkWriter>(), provider.GetRequiredService<IPasswordHasher>(), provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
