using NeuroLab.Domain.Accounts;

namespace NeuroLab.Application.Abstractions.Identity;

/// <summary>
/// Hashes passwords, slowly on purpose. As many at once as there are cores, so that a flood of sign-ins leaves the other requests their share; the rest waits,
/// in the order in which it came. Thread-safe.
/// </summary>
public interface IPasswordHasher
{
    /// <summary>Hashes a password.</summary>
    /// <param name="password">The password.</param>
    /// <param name="cancellationToken">Gives up waiting for its turn; a hash that is being computed goes on to its end.</param>
    /// <exception cref="Common.OverloadedException">Too many wait, or its turn did not come in time.</exception>
    Task<string> HashAsync(string password, CancellationToken cancellationToken);

    /// <summary>Compares a password with a hash. With a null hash it takes as long and says no, so that time does not tell whether an account exists.</summary>
    /// <param name="hash">The hash; null where there is no account.</param>
    /// <param name="password">The password.</param>
    /// <param name="cancellationToken">Gives up waiting for its turn.</param>
    /// <exception cref="Common.OverloadedException">Too many wait, or its turn did not come in time.</exception>
    Task<PasswordVerdict> VerifyAsync(string? hash, string password, CancellationToken cancellationToken);
}

/// <summary>What comparing a password with a hash shows.</summary>
public enum PasswordVerdict
{
    /// <summary>It is not the password.</summary>
    Wrong,

    /// <summary>It is the password.</summary>
    Right,

    /// <summary>It is the password, and its hash was made in a way that is not used any more: it is to be made again.</summary>
    RightButOutdated,
}

/// <summary>Makes tokens. Thread-safe.</summary>
public interface ITokenIssuer
{
    /// <summary>Signs an access token for an account.</summary>
    /// <exception cref="Common.OriginUnavailableException">The signing key could not be read yet.</exception>
    Task<AccessToken> IssueAccessTokenAsync(User user, CancellationToken cancellationToken);

    /// <summary>Makes a refresh token: 256 random bits, and the hash under which it is stored.</summary>
    NewRefreshToken CreateRefreshToken();

    /// <summary>The hash under which a refresh token is stored.</summary>
    string HashRefreshToken(string token);
}

/// <summary>A signed access token.</summary>
/// <param name="Value">The token.</param>
/// <param name="Lifetime">How long it is accepted.</param>
public sealed record AccessToken(string Value, TimeSpan Lifetime);

/// <summary>A refresh token as it is given out.</summary>
/// <param name="Value">For the client, never stored.</param>
/// <param name="Hash">For the store.</param>
/// <param name="Lifetime">How long it is accepted.</param>
public sealed record NewRefreshToken(string Value, string Hash, TimeSpan Lifetime);

/// <summary>
/// Holds back sign-ins after ten failures in a minute for one address and account. Attempts under way count as failures until they end, so that many at
/// once are no way around it. Thread-safe; bounded in memory.
/// </summary>
public interface ISignInThrottle
{
    /// <summary>Begins an attempt. Where only attempts under way are in its way, it waits a few seconds for them to end.</summary>
    /// <param name="address">Where it comes from.</param>
    /// <param name="account">Whom it is for, whether or not there is such an account.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The attempt. Disposed without a failure, it does not count.</returns>
    /// <exception cref="Common.RateLimitedException">Too many have failed, or are under way.</exception>
    Task<ISignInAttempt> BeginAsync(string address, string account, CancellationToken cancellationToken);
}

/// <summary>One attempt to sign in. Dispose it when it has ended. Thread-safe.</summary>
public interface ISignInAttempt : IDisposable
{
    /// <summary>Says that it failed: it counts for a minute.</summary>
    void Fail();
}

/// <summary>Accounts that were deleted while tokens of theirs are still unexpired. Thread-safe, in memory, fed by the journal.</summary>
public interface IAccountRevocations
{
    /// <summary>Whether tokens of this account are refused.</summary>
    bool IsRevoked(Guid userId);
}

/// <summary>Changes the key with which access tokens are signed, without signing anybody out. Thread-safe; safe for several nodes at once.</summary>
public interface ISigningKeyRotation
{
    /// <summary>Makes a new key, unless one was made and signs nothing yet.</summary>
    /// <exception cref="Common.ConflictException">The key is configured: it is changed in the configuration. The message says how.</exception>
    /// <exception cref="Common.OriginUnavailableException">The database cannot be reached.</exception>
    Task<KeyRotation> RotateAsync(CancellationToken cancellationToken);
}

/// <summary>What became of a change of key.</summary>
/// <param name="KeyId">Names the key that will sign; tells nothing of it.</param>
/// <param name="ActivatesAt">When it begins to, UTC.</param>
/// <param name="IsNew">Whether it was made now; else it was waiting already.</param>
public sealed record KeyRotation(string KeyId, DateTime ActivatesAt, bool IsNew);
