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
    public TokenPrincipal(ClaimsIdentity identity, Guid userId)
        : base(new ClaimsIdentity(
            identity.Claims.Select(static claim => new Claim(claim.Type, claim.Value, claim.ValueType)), identity.AuthenticationType, identity.NameClaimType, identity.RoleClaimType)) =>
        UserId = userId;

    /// <summary>The account's id.</summary>
    public Guid UserId { get; }
}
