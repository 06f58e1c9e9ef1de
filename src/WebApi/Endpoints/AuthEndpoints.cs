using MediatR;
using Microsoft.IdentityModel.JsonWebTokens;
using NeuroLab.Application.Accounts;
using NeuroLab.Infrastructure.Identity;
using NeuroLab.WebApi.Http;
using NeuroLab.WebApi.OpenApi;
using NeuroLab.WebApi.Security;

namespace NeuroLab.WebApi.Endpoints;

/// <summary>Accounts and sign-in.</summary>
internal static class AuthEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    public static void MapAuth(this IEndpointRouteBuilder routes)
    {
        var auth = routes.MapGroup("/api/auth").WithTags("Sign-in");
        auth.MapPost("/register", RegisterAsync)
            .Describe("register", "Open an account.", new() { Body = typeof(RegisterBody), MayConflict = true })
            .Produces<AccountResponse>(StatusCodes.Status201Created);
        auth.MapPost("/login", LoginAsync)
            .Describe("login", "Sign in.", new() { Body = typeof(LoginBody), Problems = [401] })
            .Produces<SignInResponse>();
        auth.MapPost("/refresh", RefreshAsync)
            .Describe("refresh", "Exchange a refresh token, once, for a new session.", new() { Body = typeof(RefreshBody), MayConflict = true, Problems = [401] })
            .Produces<SignInResponse>();

        var signedIn = auth.MapGroup("").RequireAuthorization();
        signedIn.MapPost("/logout", LogoutAsync)
            .Describe("logout", "Withdraw every refresh token of the account.", new() { MayConflict = true })
            .AnswersNothing();
        signedIn.MapPost("/password", ChangePasswordAsync)
            .Describe("changePassword", "Change the password and withdraw every refresh token.", new() { Body = typeof(PasswordBody), MayConflict = true })
            .AnswersNothing();
        signedIn.MapGet("/me", Me)
            .Describe("me", "Who is signed in, as the token says.", new())
            .Produces<MeResponse>();
        signedIn.MapDelete("/me", DeleteAsync)
            .Describe("deleteAccount", "Delete the account and all that is its own.", new() { AnswersWithToken = true, MayConflict = true, Problems = [404] })
            .AnswersNothing();
    }

    private static async Task<IResult> RegisterAsync(HttpContext http, IMediator mediator)
    {
        var body = await JsonBody.ReadAsync<RegisterBody>(http);
        using var place = http.TakePasswordPlace();
        var account = await mediator.CommandAsync(http, new Register(body.Email, body.Username, body.Password));
        return Results.Json(account, ApiJson.Options, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> LoginAsync(HttpContext http, IMediator mediator)
    {
        var body = await JsonBody.ReadAsync<LoginBody>(http);
        using var place = http.TakePasswordPlace();
        return Results.Json(await mediator.CommandAsync(http, new SignIn(body.Email, body.Password, http.ClientAddress())), ApiJson.Options);
    }

    private static async Task<IResult> RefreshAsync(HttpContext http, IMediator mediator)
    {
        var body = await JsonBody.ReadAsync<RefreshBody>(http);
        return Results.Json(await mediator.CommandAsync(http, new RefreshSession(body.RefreshToken)), ApiJson.Options);
    }

    private static async Task<IResult> LogoutAsync(HttpContext http, IMediator mediator)
    {
        await mediator.CommandAsync(http, new SignOut(http.User.Id()));
        return Results.NoContent();
    }

    private static async Task<IResult> ChangePasswordAsync(HttpContext http, IMediator mediator)
    {
        var body = await JsonBody.ReadAsync<PasswordBody>(http);
        using var place = http.TakePasswordPlace();
        await mediator.CommandAsync(http, new ChangePassword(http.User.Id(), body.CurrentPassword, body.NewPassword, http.ClientAddress()));
        return Results.NoContent();
    }

    private static IResult Me(HttpContext http)
    {
        var user = http.User;
        var me = new MeResponse(
            user.Id(),
            user.FindFirst(JwtRegisteredClaimNames.Email)?.Value ?? "",
            user.FindFirst(AccessTokenRules.UsernameClaim)?.Value ?? "",
            [.. user.FindAll(AccessTokenRules.RoleClaim).Select(role => role.Value)]);
        return Results.Json(me, ApiJson.Options);
    }

    private static async Task<IResult> DeleteAsync(HttpContext http, IMediator mediator)
    {
        await mediator.CommandAsync(http, new DeleteAccount(http.User.Id()));
        return Results.NoContent();
    }
}

/// <summary>Opens an account.</summary>
/// <param name="Email">The address.</param>
/// <param name="Username">The name shown, 1 to 64 characters.</param>
/// <param name="Password">8 to 128 characters.</param>
internal sealed record RegisterBody(string Email, string Username, string Password);

/// <summary>Signs in.</summary>
/// <param name="Email">The address.</param>
/// <param name="Password">The password.</param>
internal sealed record LoginBody(string Email, string Password);

/// <summary>Goes on with a session.</summary>
/// <param name="RefreshToken">The newest refresh token.</param>
internal sealed record RefreshBody(string RefreshToken);

/// <summary>Changes the password.</summary>
/// <param name="CurrentPassword">The present one.</param>
/// <param name="NewPassword">The new one, 8 to 128 characters.</param>
internal sealed record PasswordBody(string CurrentPassword, string NewPassword);

/// <summary>Who is signed in.</summary>
/// <param name="Id">The account.</param>
/// <param name="Email">Its address.</param>
/// <param name="Username">The name shown.</param>
/// <param name="Roles">Its roles: <c>admin</c> or none.</param>
internal sealed record MeResponse(Guid Id, string Email, string Username, IReadOnlyList<string> Roles);
