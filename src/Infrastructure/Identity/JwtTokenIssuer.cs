using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Application.Common;
using NeuroLab.Domain.Accounts;

namespace NeuroLab.Infrastructure.Identity;

/// <summary>Signs access tokens (HS256) and makes refresh tokens (256 random bits, stored by their SHA-256). Thread-safe.</summary>
internal sealed class JwtTokenIssuer(SigningKeys keys, TimeProvider clock) : ITokenIssuer
{
    private const int RefreshTokenBytes = 32;

    private static readonly TimeSpan RefreshTokenLifetime = TimeSpan.FromDays(30);

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <inheritdoc />
    public async Task<AccessToken> IssueAccessTokenAsync(User user, CancellationToken cancellationToken)
    {
        var ring = await keys.GetAsync(cancellationToken).ConfigureAwait(false);
        var now = clock.UtcNow();
        string[] roles = user.IsAdmin ? [AccessTokenRules.AdminRole] : [];
        var token = _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = AccessTokenRules.Issuer,
            Audience = AccessTokenRules.Audience,
            IssuedAt = now,
            Expires = now + AccessTokenRules.Lifetime,
            SigningCredentials = new SigningCredentials(ring.Signing(now).Security, AccessTokenRules.Algorithm),
            Claims = new Dictionary<string, object>
            {
                [AccessTokenRules.Claims.Subject] = user.Id.ToString("D"),
                [AccessTokenRules.Claims.Email] = user.Email,
                [AccessTokenRules.UsernameClaim] = user.Username,
                [AccessTokenRules.RoleClaim] = roles,
                [AccessTokenRules.Claims.TokenId] = Guid.NewGuid().ToString("N"),
            },
        });
        return new AccessToken(token, AccessTokenRules.Lifetime);
    }

    /// <inheritdoc />
    public NewRefreshToken CreateRefreshToken()
    {
        var value = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RefreshTokenBytes));
        return new NewRefreshToken(value, HashRefreshToken(value), RefreshTokenLifetime);
    }

    /// <inheritdoc />
    public string HashRefreshToken(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
