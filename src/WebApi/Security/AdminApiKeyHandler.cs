using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using NeuroLab.Infrastructure.Identity;
using NeuroLab.WebApi.Http;
using NeuroLab.WebApi.Settings;

namespace NeuroLab.WebApi.Security;

/// <summary>Recognises the administrator by a key in a header. Where no key is configured the header means nothing.</summary>
internal sealed class AdminApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ServiceSettings settings)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>The scheme's name.</summary>
    public const string SchemeName = "AdminApiKey";

    /// <inheritdoc />
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (settings.AdminApiKey is not { } expected || Request.Headers[ApiHeaders.AdminApiKey] is not [{ } sent])
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        if (!IsSame(expected, sent))
        {
            return Task.FromResult(AuthenticateResult.Fail("The key is wrong."));
        }

        var identity = new ClaimsIdentity([new Claim(AccessTokenRules.RoleClaim, AccessTokenRules.AdminRole)], SchemeName);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName)));
    }

    /// <summary>Compares by hashes of one length, so that time tells neither the key's length nor how much of it was right.</summary>
    private static bool IsSame(string expected, string sent) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(expected)), SHA256.HashData(Encoding.UTF8.GetBytes(sent)));
}
