using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Infrastructure.Persistence;

namespace NeuroLab.Infrastructure.Identity;

/// <summary>Passwords, tokens and their key.</summary>
public static class IdentityServices
{
    /// <summary>The setting with the secret to sign with.</summary>
    public const string SecretSetting = "Authentication:Jwt:Secret";

    private const string KeyName = "jwt-signing-key";
    private const int KeyBytes = 64;

    /// <summary>Registers the ports of <c>Application/Abstractions/Identity</c>, and the rules by which tokens are checked.</summary>
    /// <exception cref="OptionsValidationException">The configured secret is too short.</exception>
    public static IServiceCollection AddIdentity(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IPasswordHasher, AspNetPasswordHasher>();
        services.AddSingleton<ITokenIssuer, JwtTokenIssuer>();
        services.AddSingleton<ISignInThrottle, SignInThrottle>();
        services.AddSingleton<AccountRevocations>();
        services.AddSingleton<IAccountRevocations>(provider => provider.GetRequiredService<AccountRevocations>());
        services.AddSingleton<IJournalObserver>(provider => provider.GetRequiredService<AccountRevocations>());

        var secret = ConfiguredSecret(configuration);
        var inDatabase = !string.IsNullOrWhiteSpace(configuration.GetConnectionString("Postgres"));
        services.AddSingleton(provider => new SigningKeys(
            Source(provider, secret, inDatabase),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SigningKeys>>()));
        services.AddSingleton<IHostedService>(provider => new SigningKeyWarmUp(
            provider.GetRequiredService<SigningKeys>(),
            isLocal: secret is not null || !inDatabase,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IAccessTokenKeys, AccessTokenKeys>();
        return services;
    }

    private static byte[]? ConfiguredSecret(IConfiguration configuration)
    {
        if (configuration[SecretSetting] is not { Length: > 0 } text)
        {
            return null;
        }

        var secret = Encoding.UTF8.GetBytes(text);
        return secret.Length >= SigningKeys.MinBytes
            ? secret
            : throw new OptionsValidationException(
                SecretSetting,
                typeof(IdentityServices),
                [$"{SecretSetting} (Authentication__Jwt__Secret) has {secret.Length} bytes; it needs at least {SigningKeys.MinBytes}."]);
    }

    private static Func<CancellationToken, Task<byte[]>> Source(IServiceProvider provider, byte[]? secret, bool inDatabase)
    {
        if (secret is not null)
        {
            return _ => Task.FromResult(secret);
        }

        if (inDatabase)
        {
            return async cancellationToken =>
            {
                var scope = provider.CreateAsyncScope();
                await using (scope.ConfigureAwait(false))
                {
                    var store = scope.ServiceProvider.GetRequiredService<ServiceKeyStore>();
                    return await store.GetOrCreateAsync(
                        KeyName, () => System.Security.Cryptography.RandomNumberGenerator.GetBytes(KeyBytes), cancellationToken).ConfigureAwait(false);
                }
            };
        }

        return _ => Task.FromResult(SigningKeyFile.GetOrCreate(provider.GetRequiredService<DataDirectory>().FullPath));
    }
}

/// <summary>The key by which access tokens are checked. Thread-safe.</summary>
public interface IAccessTokenKeys
{
    /// <summary>The key; null while it is not known.</summary>
    SecurityKey? Current { get; }

    /// <summary>Reads the key where it is not known yet.</summary>
    /// <exception cref="Application.Common.OriginUnavailableException">It could not be read.</exception>
    ValueTask EnsureAsync(CancellationToken cancellationToken);
}

internal sealed class AccessTokenKeys(SigningKeys keys) : IAccessTokenKeys
{
    public SecurityKey? Current => keys.Current;

    public ValueTask EnsureAsync(CancellationToken cancellationToken) => keys.Current is not null ? ValueTask.CompletedTask : new(keys.GetAsync(cancellationToken));
}
