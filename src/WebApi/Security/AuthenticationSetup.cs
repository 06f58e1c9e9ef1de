using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Infrastructure.Identity;

namespace NeuroLab.WebApi.Security;

/// <summary>Who is signed in, and who may administrate. Tokens are checked without the database.</summary>
internal static class AuthenticationSetup
{
    /// <summary>The policy of the administration: the role, by token or by key.</summary>
    public const string AdminPolicy = "admin";

    /// <summary>Registers the schemes and policies.</summary>
    public static void AddSignIn(this IServiceCollection services)
    {
        services.AddAuthentication(options =>
            {
                options.DefaultAuthenticateScheme = JwtBearerDefaults.AuthenticationScheme;
                options.DefaultChallengeScheme = JwtBearerDefaults.AuthenticationScheme;
            })
            .AddJwtBearer()
            .AddScheme<AuthenticationSchemeOptions, AdminApiKeyHandler>(AdminApiKeyHandler.SchemeName, null);
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<IAccessTokenKeys, TimeProvider>((options, keys, clock) =>
            {
                options.MapInboundClaims = false;
                options.SaveToken = false;
                options.TokenValidationParameters = AccessTokenRules.Validation(keys.Accepted, clock);
                options.Events = new JwtBearerEvents { OnMessageReceived = EnsureKeyAsync, OnTokenValidated = RefuseRevokedAsync };
            });

        // Authentication brings data protection along, for cookies that are not used here; left in, it would write keys into the home directory at start.
        foreach (var service in services.Where(service => service.ServiceType == typeof(IHostedService)
            && service.ImplementationType?.Namespace?.StartsWith("Microsoft.AspNetCore.DataProtection", StringComparison.Ordinal) == true).ToList())
        {
            services.Remove(service);
        }

        services.AddAuthorizationBuilder()
            .AddPolicy(AdminPolicy, policy => policy
                .AddAuthenticationSchemes(JwtBearerDefaults.AuthenticationScheme, AdminApiKeyHandler.SchemeName)
                .RequireAuthenticatedUser()
                .RequireClaim(AccessTokenRules.RoleClaim, AccessTokenRules.AdminRole));
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefusalHandler>();
    }

    /// <summary>Makes sure that a token can be judged: while the keys are not known yet, that is not the caller's fault.</summary>
    private static async Task EnsureKeyAsync(MessageReceivedContext context)
    {
        if (context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>() is null)
        {
            // Open to anyone: a token sent along does not matter.
            context.NoResult();
        }
        else if (context.Request.Headers.Authorization is { Count: > 0 } authorization)
        {
            await context.HttpContext.RequestServices.GetRequiredService<IAccessTokenKeys>().EnsureAsync(authorization[0], context.HttpContext.RequestAborted);
        }
    }

    private static Task RefuseRevokedAsync(TokenValidatedContext context)
    {
        var revocations = context.HttpContext.RequestServices.GetRequiredService<IAccountRevocations>();
        if (!SignedInUser.TryGetId(context.Principal, out var id) || revocations.IsRevoked(id))
        {
            context.Fail("The account does not exist any more.");
        }

        return Task.CompletedTask;
    }
}
