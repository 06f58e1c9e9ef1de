using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using NeuroLab.Infrastructure.Identity;

namespace NeuroLab.IntegrationTests.FaultBench;

/// <summary>
/// A user with a token that was made here, by the secret that the nodes are given: a thousand sign-ins would measure the hashing of passwords. Thread-safe.
/// </summary>
internal sealed class BenchUser
{
    public const string Secret = "the secret of the fault bench, which is no secret";
    public const string AdminKey = "the-admin-key-of-the-fault-bench";

    private static readonly JsonWebTokenHandler Tokens = new();
    private int _names;

    public BenchUser(int number)
    {
        Number = number;
        Ledger = new Ledger();
        Authorization = new AuthenticationHeaderValue("Bearer", Sign());
    }

    public int Number { get; }

    public Guid Id { get; } = Guid.CreateVersion7();

    public string Name => string.Create(CultureInfo.InvariantCulture, $"u{Number}");

    public string Email => $"{Name}@bench.example.org";

    /// <summary>What was written in the name of this user, and when.</summary>
    public Ledger Ledger { get; }

    public AuthenticationHeaderValue Authorization { get; }

    /// <summary>A name that no other experiment has; it begins with this user's own.</summary>
    public string NewName() => string.Create(CultureInfo.InvariantCulture, $"{Name}-{Interlocked.Increment(ref _names)}");

    /// <summary>Whether an experiment of this name is this user's.</summary>
    public bool Owns(string experimentName) => experimentName.StartsWith(Name + "-", StringComparison.Ordinal);

    private string Sign()
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return Tokens.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = AccessTokenRules.Issuer,
            Audience = AccessTokenRules.Audience,
            IssuedAt = now,
            Expires = now + TimeSpan.FromHours(1),
            SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(Secret)), AccessTokenRules.Algorithm),
            Claims = new Dictionary<string, object>
            {
                [JwtRegisteredClaimNames.Sub] = Id.ToString("D"),
                [JwtRegisteredClaimNames.Email] = Email,
                [AccessTokenRules.UsernameClaim] = Name,
                [AccessTokenRules.RoleClaim] = Array.Empty<string>(),
            },
        });
    }
}
