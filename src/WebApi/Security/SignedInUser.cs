using System.Security.Claims;
using Microsoft.IdentityModel.JsonWebTokens;
using NeuroLab.Application.Common;

namespace NeuroLab.WebApi.Security;

/// <summary>Reads the claims of a token that was accepted.</summary>
internal static class SignedInUser
{
    /// <summary>The account's id.</summary>
    /// <exception cref="AuthenticationFailedException">Nobody is signed in.</exception>
    public static Guid Id(this ClaimsPrincipal principal) =>
        TryGetId(principal, out var id) ? id : throw new AuthenticationFailedException("A valid access token is required.");

    /// <summary>The account's id, where there is one.</summary>
    public static bool TryGetId(ClaimsPrincipal? principal, out Guid id)
    {
        if (principal is TokenPrincipal known)
        {
            id = known.UserId;
            return true;
        }

        return Guid.TryParseExact(principal?.FindFirst(JwtRegisteredClaimNames.Sub)?.Value, "D", out id);
    }
}

/// <summary>Who was recognised by an access token. Handed to every request that carries it.</summary>
internal sealed class TokenPrincipal : ClaimsPrincipal
{
    /// <summary>Takes over what a token says, and nothing else of it.</summary>
    /// <param name="identity">The identity that the check made.</param>
    /// <param name="userId">The account's id.</param>
    /// <param name="keyId">Names the key that the token was checked by.</param>
    public TokenPrincipal(ClaimsIdentity identity, Guid userId, string keyId)
        : base(new TokenIdentity(identity, keyId)) =>
        UserId = userId;

    /// <summary>The account's id.</summary>
    public Guid UserId { get; }
}

/// <summary>What an access token says of who sent it. It is found in a principal also where that has come together from a token and the administrator's key.</summary>
/// <param name="checkedIdentity">The identity that the check made.</param>
/// <param name="keyId">Names the key that the token was checked by.</param>
internal sealed class TokenIdentity(ClaimsIdentity checkedIdentity, string keyId)
    : ClaimsIdentity(
        checkedIdentity.Claims.Select(static claim => new Claim(claim.Type, claim.Value, claim.ValueType)),
        checkedIdentity.AuthenticationType,
        checkedIdentity.NameClaimType,
        checkedIdentity.RoleClaimType)
{
    /// <summary>Names the key that the token was checked by.</summary>
    public string KeyId { get; } = keyId;
}
