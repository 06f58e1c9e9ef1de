using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Experiments;
using NeuroLab.Application.Abstractions.Randomness;
using NeuroLab.Infrastructure.Configuration;

namespace NeuroLab.Infrastructure.Randomness;

/// <summary>Registers what mock experiments need.</summary>
public static class DependencyInjection
{
    /// <summary>Adds the random sources, seeded where <c>Experiments:RandomSeed</c> is set, and the log of failed runs.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The seed is not a 32-bit integer.</exception>
    public static IServiceCollection AddRandomness(this IServiceCollection services, IConfiguration configuration)
    {
        var options = SettingReader.Read<RandomnessOptions>(configuration);
        services.AddSingleton<IRandomSourceFactory>(new RandomSourceFactory(options.RandomSeed));
        services.AddSingleton<IExperimentDiagnostics, ExperimentDiagnostics>();
        return services;
    }
}
