using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.IdentityModel.Tokens;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Persistence;

namespace NeuroLab.Infrastructure.Identity;

/// <summary>Passwords, tokens and their key.</summary>
public static class IdentityServices
{
    /// <summary>Registers the ports of <c>Application/Abstractions/Identity</c>, and the rules by which tokens are checked.</summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A configured secret is too short.</exception>
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

        var settings = IdentitySettings.Read(configuration);
        var inDatabase = !string.IsNullOrWhiteSpace(configuration[DatabaseTarget.PostgresName]);
        services.AddSingleton<ISigningKeyStore>(provider => (settings.Secret, inDatabase) switch
        {
            ({ } configured, _) => new ConfiguredSigningKey(configured, settings.Previous),
            (_, true) => new DatabaseSigningKeys(provider.GetRequiredService<ServiceKeyStore>(), provider.GetRequiredService<TimeProvider>(), settings.Previous),
            _ => new SigningKeyFile(() => provider.GetRequiredService<DataDirectory>().FullPath, provider.GetRequiredService<TimeProvider>(), settings.Previous),
        });
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<ISigningKeyRotation>(provider => provider.GetRequiredService<SigningKeys>());
        services.AddHostedService<SigningKeyWorker>();
        services.AddSingleton<IAccessTokenKeys, AccessTokenKeys>();
        return services;
    }
}

/// <summary>The keys by which access tokens are checked. Thread-safe.</summary>
public interface IAccessTokenKeys
{
    /// <summary>The keys by which a token may be checked.</summary>
    /// <param name="keyId">The key that it names; null: it names none, and each is tried.</param>
    /// <returns>The keys; none while they are not known, or where it names one that is not accepted.</returns>
    IEnumerable<SecurityKey> Accepted(string? keyId);

    /// <summary>Whether a token that was checked by a key would still be: no longer once the key is retired, and not after the keys were read again, whatever was read.</summary>
    /// <param name="key">The key that it was checked by.</param>
    /// <param name="now">Now, UTC.</param>
    bool StillAccepts(SecurityKey key, DateTime now);

    /// <summary>Reads the keys where they are not known yet, and again, at most once a second, where a token names one that is not among them.</summary>
    /// <param name="authorization">The request's header with the token.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="Application.Common.OriginUnavailableException">None could be read.</exception>
    ValueTask EnsureAsync(string? authorization, CancellationToken cancellationToken);
}

internal sealed class AccessTokenKeys(SigningKeys keys, TimeProvider clock) : IAccessTokenKeys
{
    private const string Scheme = "Bearer ";

    /// <summary>How long a request waits for keys to be read again: those that are known will do for most.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    public IEnumerable<SecurityKey> Accepted(string? keyId) => keys.Current?.Accepted(keyId, clock.UtcNow()) ?? [];

    public bool StillAccepts(SecurityKey key, DateTime now) => keys.Current?.StillAccepts(key, now) == true;

    public async ValueTask EnsureAsync(string? authorization, CancellationToken cancellationToken)
    {
        if (keys.Current is not { } ring)
        {
            await keys.GetAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        if (authorization?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true
            && AccessTokenRules.KeyIdOf(authorization.AsSpan(Scheme.Length).TrimStart()) is { } id && !ring.Knows(id))
        {
            await keys.RefreshAsync(cancellationToken).WaitAsync(LongestWait, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
