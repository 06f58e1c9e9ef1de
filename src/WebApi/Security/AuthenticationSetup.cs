using System.Runtime.CompilerServices;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
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

        services.AddSingleton<RememberedTokens>();

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

    /// <summary>Recognises who sends a request: by what is remembered of the token, else by checking it.</summary>
    public static void UseSignIn(this IApplicationBuilder app)
    {
        var tokens = app.ApplicationServices.GetRequiredService<RememberedTokens>();
        RequestDelegate signedIn = null!;
        app.Use(check => http =>
        {
            if (AsksForSignIn(http) && http.Request.Headers.Authorization is [{ } header] && tokens.Recall(header) is { } principal)
            {
                http.User = principal;
                return signedIn(http);
            }

            return check(http);
        });
        app.UseAuthentication();
        app.Use(next => signedIn = next);
    }

    /// <summary>
    /// Refuses who may not do what is asked for. An endpoint that asks for a sign-in and no more is run at once for who was recognised by a token: the framework's rules would find
    /// nothing else to ask.
    /// </summary>
    public static void UsePermissions(this IApplicationBuilder app)
    {
        var policies = app.ApplicationServices.GetRequiredService<IAuthorizationPolicyProvider>();
        var asksForNoMore = new ConditionalWeakTable<Endpoint, StrongBox<bool>>();
        app.Use(next => http =>
            http.User is TokenPrincipal && http.GetEndpoint() is { RequestDelegate: { } run } endpoint && asksForNoMore.GetValue(endpoint, one => new(IsForAnyoneSignedIn(one, policies))).Value
                ? run(http)
                : next(http));
        app.UseAuthorization();
    }

    /// <summary>Whether all that the policies of an endpoint ask for is that somebody is signed in, by whatever scheme the request was checked by already.</summary>
    private static bool IsForAnyoneSignedIn(Endpoint endpoint, IAuthorizationPolicyProvider policies)
    {
        // What the provider knows is at hand: nothing is waited for.
        var rules = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>();
        var policy = AuthorizationPolicy.CombineAsync(policies, rules, endpoint.Metadata.GetOrderedMetadata<AuthorizationPolicy>()).GetAwaiter().GetResult();
        return policy is { AuthenticationSchemes.Count: 0, Requirements: [DenyAnonymousAuthorizationRequirement] }
            && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null && endpoint.Metadata.GetMetadata<IAuthorizationRequirementData>() is null;
    }

    /// <summary>Where an endpoint is open to anyone, a token sent along does not matter.</summary>
    private static bool AsksForSignIn(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>() is not null;

    /// <summary>Makes sure that a token can be judged: while the keys are not known yet, that is not the caller's fault.</summary>
    private static async Task EnsureKeyAsync(MessageReceivedContext context)
    {
        if (!AsksForSignIn(context.HttpContext))
        {
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
        else if (context.Principal?.Identity is ClaimsIdentity identity)
        {
            var principal = new TokenPrincipal(identity, id, context.SecurityToken.SigningKey.KeyId);
            context.Principal = principal;
            if (context.Request.Headers.Authorization is [{ } header])
            {
                context.HttpContext.RequestServices.GetRequiredService<RememberedTokens>().Remember(header, principal, context.SecurityToken);
            }
        }

        return Task.CompletedTask;
    }
}
