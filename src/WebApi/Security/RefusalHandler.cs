using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using NeuroLab.WebApi.Errors;

namespace NeuroLab.WebApi.Security;

/// <summary>Says 401 and 403 with the body that every error has, once, whatever schemes an endpoint takes.</summary>
internal sealed class RefusalHandler(ProblemWriter problems) : IAuthorizationMiddlewareResultHandler
{
    /// <inheritdoc />
    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            await next(context);
        }
        else if (authorizeResult.Challenged)
        {
            if (context.Request.Headers.Authorization.Count > 0)
            {
                context.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
            }

            await problems.WriteAsync(context, Failure.OfStatus(StatusCodes.Status401Unauthorized, null));
        }
        else
        {
            await problems.WriteAsync(context, Failure.OfStatus(StatusCodes.Status403Forbidden, "This is for administrators."));
        }
    }
}
