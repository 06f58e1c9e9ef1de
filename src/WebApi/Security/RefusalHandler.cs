using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using NeuroLab.WebApi.Errors;

namespace NeuroLab.WebApi.Security;

/// <summary>Says 401 and 403 with the body that every error has, once, whatever schemes an endpoint takes; and tells the audit of refused administration.</summary>
internal sealed class RefusalHandler(ProblemWriter problems, AuditEvents audit) : IAuthorizationMiddlewareResultHandler
{
    /// <inheritdoc />
    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            await next(context);
            return;
        }

        var failure = FailureOf(context, authorizeResult);
        if (context.GetEndpoint()?.Metadata.GetOrderedMetadata<IAuthorizeData>().Any(rule => rule.Policy == AuthenticationSetup.AdminPolicy) == true)
        {
            audit.WriteRefused(context.AuditOrigin(), failure.Status);
        }

        await problems.WriteAsync(context, failure);
    }

    private static Failure FailureOf(HttpContext context, PolicyAuthorizationResult result)
    {
        if (context.Features.Get<AdminApiKeyHandler.HeldBack>() is { } held)
        {
            return Failure.OfStatus(StatusCodes.Status429TooManyRequests, "Too many wrong keys. Try again later.") with { RetryAfter = Failure.Seconds(held.RetryAfter) };
        }

        if (!result.Challenged)
        {
            return Failure.OfStatus(StatusCodes.Status403Forbidden, "This is for administrators.");
        }

        if (context.Request.Headers.Authorization.Count > 0)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
        }

        return Failure.OfStatus(StatusCodes.Status401Unauthorized, null);
    }
}
