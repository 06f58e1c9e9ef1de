using Microsoft.AspNetCore.Identity;
using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Domain.Accounts;

namespace NeuroLab.Infrastructure.Identity;

/// <summary>Passwords by the hasher of ASP.NET Core Identity: PBKDF2 with a salt of its own a password. Thread-safe.</summary>
internal sealed class AspNetPasswordHasher : IPasswordHasher
{
    private readonly PasswordHasher<User> _hasher = new();
    private readonly Lazy<string> _nobodysHash;

    public AspNetPasswordHasher() => _nobodysHash = new Lazy<string>(() => Hash(Guid.NewGuid().ToString()));

    /// <inheritdoc />
    public string Hash(string password) => _hasher.HashPassword(null!, password);

    /// <inheritdoc />
    public bool Verify(string? hash, string password)
    {
        // Where there is no account, the same work is done against a hash that nobody's password has.
        var matches = _hasher.VerifyHashedPassword(null!, hash ?? _nobodysHash.Value, password) != PasswordVerificationResult.Failed;
        return matches && hash is not null;
    }
}
