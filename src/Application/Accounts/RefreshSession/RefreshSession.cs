using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;

namespace NeuroLab.Application.Accounts;

/// <summary>Exchanges a refresh token, which works once, for the next session of the same family.</summary>
/// <param name="RefreshToken">The token as it was given out.</param>
/// <remarks>
/// Throws <see cref="AuthenticationFailedException"/> for a token that is unknown, expired, withdrawn, used, or of a deleted account. A token
/// used before means that somebody has a copy: every token of its family is withdrawn, and that is committed although the request fails.
/// </remarks>
[InvalidatesNothing("It writes refresh tokens only, which no cached query reads.")]
public sealed record RefreshSession(string RefreshToken) : ICommand<SignInResponse>
{
    /// <summary>The record without what must not be written anywhere.</summary>
    public override string ToString() => nameof(RefreshSession);
}

internal sealed class RefreshSessionHandler(IAccountRepository accounts, IUnitOfWork unitOfWork, ITokenIssuer tokens, TimeProvider clock)
    : ICommandHandler<RefreshSession, SignInResponse>
{
    public async Task<SignInResponse> ExecuteAsync(RefreshSession command, CancellationToken cancellationToken)
    {
        var now = clock.UtcNow();
        var token = await accounts.FindTokenAsync(tokens.HashRefreshToken(command.RefreshToken), cancellationToken).ConfigureAwait(false);
        if (token is null)
        {
            throw Refused();
        }

        if (token.UsedAt is not null)
        {
            // Committed here: the pipeline commits only what succeeds.
            await TokenWithdrawal.CommitAsync(unitOfWork, none => accounts.WithdrawFamilyAsync(token.FamilyId, none), nameof(RefreshSession)).ConfigureAwait(false);
            throw Refused();
        }

        if (token.ExpiresAt <= now || await accounts.FindAsync(token.UserId, cancellationToken).ConfigureAwait(false) is not { } user)
        {
            throw Refused();
        }

        token.Use(now);
        var session = await Session.BeginAsync(tokens, accounts, user, token.FamilyId, now, cancellationToken).ConfigureAwait(false);
        try
        {
            // Committed here, so that the loser of two uses at once is told the same as one who comes later.
            await unitOfWork.CommitAsync([], nameof(RefreshSession), cancellationToken).ConfigureAwait(false);
        }
        catch (ConflictException)
        {
            throw Refused();
        }

        return session;
    }

    private static AuthenticationFailedException Refused() => new("The refresh token is not valid. Sign in again.");
}
