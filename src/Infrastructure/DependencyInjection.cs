using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Infrastructure.Caching;
using NeuroLab.Infrastructure.Caching.Redis;
using NeuroLab.Infrastructure.Identity;
using NeuroLab.Infrastructure.Maintenance;
using NeuroLab.Infrastructure.Persistence;
using NeuroLab.Infrastructure.Randomness;

namespace NeuroLab.Infrastructure;

/// <summary>Registers every adapter.</summary>
public static class DependencyInjection
{
    /// <summary>Adds the adapters as the configuration says.</summary>
    public static IServiceCollection AddInfrastructure(this IServiceCollection services, IConfiguration configuration) => services
        .AddPersistence(configuration)
        .AddIdentity(configuration)
        .AddMaintenance()
        .AddRandomness(configuration)
        .AddRedisTier(configuration)
        .AddCaching(configuration);
}
