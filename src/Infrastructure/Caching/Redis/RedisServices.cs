using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Diagnostics;
using NeuroLab.Infrastructure.Configuration;
using NeuroLab.Infrastructure.Resilience;

namespace NeuroLab.Infrastructure.Caching.Redis;

/// <summary>Registers the shared tier.</summary>
public static class RedisServices
{
    /// <summary>
    /// Registers <see cref="IDistributedTier"/>: Redis where <c>REDIS_URL</c> or <c>REDIS_HOST</c> is set, else a tier that holds nothing. The connection is made in the
    /// background when the host starts and never holds it up; a wrong setting stops the start with a sentence that names it.
    /// </summary>
    public static IServiceCollection AddRedisTier(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddSettings<RedisOptions>(configuration, options => Complete(options, configuration));
        services.AddCacheDiagnostics();
        services.TryAddSingleton<RedisConnection>();
        services.TryAddSingleton<RedisCalls>();

        // Decided when it is first asked for: a host may add configuration after this call.
        services.TryAddSingleton<IDistributedTier>(provider => IsConfigured(provider) ? ActivatorUtilities.CreateInstance<RedisTier>(provider) : new DisabledDistributedTier());
        services.TryAddSingleton<IInvalidationHints>(provider => IsConfigured(provider) ? ActivatorUtilities.CreateInstance<RedisHints>(provider) : new NoHints());
        services.TryAddSingleton<ILoadLock>(provider => IsConfigured(provider) ? ActivatorUtilities.CreateInstance<RedisLoadLock>(provider) : new NoLoadLock());
        services.AddSingleton(provider => new ObservedCircuit(
            "redis",
            () => IsConfigured(provider) ? provider.GetRequiredService<RedisCalls>().Circuit : null,
            told =>
            {
                if (IsConfigured(provider))
                {
                    provider.GetRequiredService<RedisCalls>().CircuitChanged += told;
                }
            }));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RedisStarter>());
        return services;
    }

    /// <summary>What is wrong with the settings, a sentence each.</summary>
    internal static IEnumerable<string> Failures(IConfiguration configuration)
    {
        var options = new RedisOptions();
        SettingReader.Bind(configuration, options);
        Complete(options, configuration);
        return SettingReader.Failures(configuration, options);
    }

    private static void Complete(RedisOptions options, IConfiguration configuration)
    {
        options.KeyPrefix = configuration[RedisOptions.KeyPrefixName] is { } prefix && !string.IsNullOrWhiteSpace(prefix) ? prefix : options.KeyPrefix;
        (options.Endpoints, options.EndpointsError) = RedisEndpoints.Read(configuration);
        options.TrustedAuthorities = ReadAuthorities(options.TlsCaFile);
    }

    private static X509Certificate2Collection? ReadAuthorities(string? file)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            if (!string.IsNullOrEmpty(file))
            {
                authorities.ImportFromPemFile(file);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException or NotSupportedException)
        {
            // Said by the validator.
        }

        return authorities.Count > 0 ? authorities : null;
    }

    private static bool IsConfigured(IServiceProvider provider) => provider.GetRequiredService<IOptions<RedisOptions>>().Value.Endpoints is not null;

    private sealed class RedisStarter(IOptions<RedisOptions> options, IServiceProvider provider) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            if (options.Value.Endpoints is not null)
            {
                provider.GetRequiredService<RedisConnection>().Start();
            }

            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
