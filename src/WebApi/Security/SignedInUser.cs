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
    public static bool TryGetId(ClaimsPrincipal? principal, out Guid id) => Guid.TryParseExact(principal?.FindFirst(JwtRegisteredClaimNames.Sub)?.Value, "D", out id);
}
