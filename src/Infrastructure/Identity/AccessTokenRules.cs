using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace NeuroLab.Infrastructure.Identity;

/// <summary>What an access token of this service is, for the one who signs it and the one who checks it.</summary>
public static class AccessTokenRules
{
    /// <summary>Who signs.</summary>
    public const string Issuer = "neurolab";

    /// <summary>For whom it is signed.</summary>
    public const string Audience = "neurolab-api";

    /// <summary>The claim with the name shown.</summary>
    public const string UsernameClaim = "username";

    /// <summary>The claim with a role; as many as there are roles.</summary>
    public const string RoleClaim = "roles";

    /// <summary>The role that administrates.</summary>
    public const string AdminRole = "admin";

    /// <summary>The one algorithm that is used and accepted.</summary>
    public const string Algorithm = SecurityAlgorithms.HmacSha256;

    /// <summary>How long a token is accepted.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(3600);

    /// <summary>How far the clocks of two nodes may differ.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(5);

    /// <summary>The rules by which a token is checked, without the database.</summary>
    /// <param name="accepted">The keys by which a token that names this key, or null for none, may be checked; empty: it is refused.</param>
    /// <param name="clock">The clock.</param>
    public static TokenValidationParameters Validation(Func<string?, IEnumerable<SecurityKey>> accepted, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(accepted);
        ArgumentNullException.ThrowIfNull(clock);
        return new TokenValidationParameters
        {
            ValidAlgorithms = [Algorithm],
            ValidIssuer = Issuer,
            ValidAudience = Audience,
            ValidTypes = ["JWT"],
            ValidateIssuer = true,
            ValidateAudience = true,
            ValidateIssuerSigningKey = true,
            ValidateLifetime = true,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            RequireAudience = true,
            ClockSkew = ClockSkew,
            NameClaimType = UsernameClaim,
            RoleClaimType = RoleClaim,
            IssuerSigningKeyResolver = (_, _, keyId, _) => accepted(keyId),
            LifetimeValidator = (_, expires, _, _) => IsCurrent(expires, clock.GetUtcNow().UtcDateTime),
        };
    }

    /// <summary>
    /// A token is valid from its signing on, so its beginning is not asked for: a node whose clock is set back would refuse every token that was signed before.
    /// </summary>
    /// <param name="expires">When it expires, UTC; null: it does not say so, and is refused.</param>
    /// <param name="now">Now, UTC.</param>
    public static bool IsCurrent(DateTime? expires, DateTime now) => expires is { } end && now < end + ClockSkew;

    /// <summary>The key that a token names; null where it names none, or is no token.</summary>
    /// <param name="token">The token, unchecked.</param>
    internal static string? KeyIdOf(ReadOnlySpan<char> token)
    {
        const int LongestHeader = 512;
        var end = token.IndexOf('.');
        if (end is <= 0 or > LongestHeader)
        {
            return null;
        }

        Span<byte> json = stackalloc byte[LongestHeader];
        if (Base64Url.DecodeFromChars(token[..end], json, out _, out var length) != OperationStatus.Done)
        {
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(json[..length]);
            while (reader.Read())
            {
                if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 } && reader.ValueTextEquals(JwtHeaderParameterNames.Kid))
                {
                    return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No header of a token: the check will say so.
        }

        return null;
    }

    /// <summary>The claim names of a token, beside the standard ones.</summary>
    internal static class Claims
    {
        public const string Subject = JwtRegisteredClaimNames.Sub;
        public const string Email = JwtRegisteredClaimNames.Email;
        public const string TokenId = JwtRegisteredClaimNames.Jti;
    }
}
