using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Domain.Accounts;

namespace NeuroLab.Application.Accounts;

/// <summary>What sign-in and refresh share: a new session of a family of refresh tokens.</summary>
internal static class Session
{
    /// <summary>Signs an access token and puts a new refresh token into the unit of work.</summary>
    public static async Task<SignInResponse> BeginAsync(
        ITokenIssuer tokens, IAccountRepository accounts, User user, Guid familyId, DateTime now, CancellationToken cancellationToken)
    {
        var access = await tokens.IssueAccessTokenAsync(user, cancellationToken).ConfigureAwait(false);
        var refresh = tokens.CreateRefreshToken();
        accounts.Add(new RefreshToken(Guid.CreateVersion7(now), user.Id, familyId, refresh.Hash, now, now + refresh.Lifetime));
        return new SignInResponse(access.Value, "Bearer", (int)access.Lifetime.TotalSeconds, refresh.Value);
    }
}
