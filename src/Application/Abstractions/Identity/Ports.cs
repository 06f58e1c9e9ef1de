using NeuroLab.Domain.Accounts;

namespace NeuroLab.Application.Abstractions.Identity;

/// <summary>Hashes passwords. Thread-safe, slow on purpose.</summary>
public interface IPasswordHasher
{
    /// <summary>Hashes a password.</summary>
    string Hash(string password);

    /// <summary>Whether the password belongs to the hash. With a null hash it takes as long and says no, so that time does not tell whether an account exists.</summary>
    bool Verify(string? hash, string password);
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

/// <summary>Holds back sign-ins after repeated failures. Thread-safe; bounded in memory.</summary>
public interface ISignInThrottle
{
    /// <summary>How long a further try has to wait; null where it need not.</summary>
    TimeSpan? GetDelay(string address, string normalizedEmail);

    /// <summary>Notes a failure.</summary>
    void RecordFailure(string address, string normalizedEmail);
}

/// <summary>Accounts that were deleted while tokens of theirs are still unexpired. Thread-safe, in memory, fed by the journal.</summary>
public interface IAccountRevocations
{
    /// <summary>Whether tokens of this account are refused.</summary>
    bool IsRevoked(Guid userId);
}
