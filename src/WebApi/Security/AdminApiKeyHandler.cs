using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Identity;
using NeuroLab.WebApi.Http;
using NeuroLab.WebApi.Settings;

namespace NeuroLab.WebApi.Security;

/// <summary>
/// Recognises the administrator by a key in a header. Where no key is configured the header means nothing. Wrong keys are held back like failed sign-ins, by
/// the address that they come from.
/// </summary>
internal sealed class AdminApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ServiceSettings settings, ISignInThrottle throttle)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>The scheme's name.</summary>
    public const string SchemeName = "AdminApiKey";

    /// <summary>The account that wrong keys count for: no e-mail address, so no user's.</summary>
    private const string Account = "administrator's key";

    /// <inheritdoc />
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (settings.AdminApiKey is not { } expected || Request.Headers[ApiHeaders.AdminApiKey] is not [{ } sent])
        {
            return AuthenticateResult.NoResult();
        }

        try
        {
            using var attempt = await throttle.BeginAsync(Context.ClientAddress(), Account, Context.RequestAborted);
            if (!IsSame(expected, sent))
            {
                attempt.Fail();
                return AuthenticateResult.Fail("The key is wrong.");
            }
        }
        catch (RateLimitedException exception)
        {
            Context.Features.Set(new HeldBack(exception.RetryAfter));
            return AuthenticateResult.Fail("Too many wrong keys came from this address.");
        }

        var identity = new ClaimsIdentity([new Claim(AccessTokenRules.RoleClaim, AccessTokenRules.AdminRole)], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    /// <summary>Compares by hashes of one length, so that time tells neither the key's length nor how much of it was right.</summary>
    private static bool IsSame(string expected, string sent) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(expected)), SHA256.HashData(Encoding.UTF8.GetBytes(sent)));

    /// <summary>Says of a request that its key was not even compared.</summary>
    /// <param name="RetryAfter">After what time it would be.</param>
    internal sealed record HeldBack(TimeSpan RetryAfter);
}
