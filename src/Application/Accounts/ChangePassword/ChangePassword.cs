using MediatR;
using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;

namespace NeuroLab.Application.Accounts;

/// <summary>Sets a new password and withdraws every refresh token of the account.</summary>
/// <param name="UserId">The account.</param>
/// <param name="CurrentPassword">The password that it has.</param>
/// <param name="NewPassword">The password that it gets; 8 to 128 characters.</param>
/// <param name="Address">Where the request came from, for holding back repeated failures.</param>
/// <remarks>
/// Throws <see cref="AuthenticationFailedException"/> when the current password is not right or the account is gone, and
/// <see cref="RateLimitedException"/> after repeated failures.
/// </remarks>
[InvalidatesNothing("It writes the password and refresh tokens only, which no cached query reads.")]
public sealed record ChangePassword(Guid UserId, string CurrentPassword, string NewPassword, string Address) : ICommand<Unit>
{
    /// <summary>The record without what must not be written anywhere.</summary>
    public override string ToString() => nameof(ChangePassword);
}

internal sealed class ChangePasswordHandler(IAccountRepository accounts, IPasswordHasher hasher, ISignInThrottle throttle)
    : ICommandHandler<ChangePassword, Unit>
{
    public async Task<Unit> ExecuteAsync(ChangePassword command, CancellationToken cancellationToken)
    {
        var user = await accounts.FindAsync(command.UserId, cancellationToken).ConfigureAwait(false)
            ?? throw new AuthenticationFailedException("The account does not exist any more.");
        using var attempt = await throttle.BeginAsync(command.Address, user.NormalizedEmail, cancellationToken).ConfigureAwait(false);
        if (await hasher.VerifyAsync(user.PasswordHash, command.CurrentPassword, cancellationToken).ConfigureAwait(false) == PasswordVerdict.Wrong)
        {
            attempt.Fail();
            throw new AuthenticationFailedException("The current password is not right.");
        }

        user.ChangePassword(await hasher.HashAsync(command.NewPassword, cancellationToken).ConfigureAwait(false));
        await accounts.WithdrawAllAsync(user.Id, cancellationToken).ConfigureAwait(false);
        return Unit.Value;
    }
}
