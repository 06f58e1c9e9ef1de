using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;
using NeuroLab.Domain.Accounts;

namespace NeuroLab.Application.Accounts;

/// <summary>Begins a session.</summary>
/// <param name="Email">The account's address.</param>
/// <param name="Password">The account's password.</param>
/// <param name="Address">Where the request came from, for holding back repeated failures.</param>
/// <remarks>
/// Throws <see cref="AuthenticationFailedException"/>, with the same words and after the same time whether or not the account exists, and
/// <see cref="RateLimitedException"/> after repeated failures.
/// </remarks>
[InvalidatesNothing("It writes refresh tokens and the password's hash only, which no cached query reads.")]
public sealed record SignIn(string Email, string Password, string Address) : ICommand<SignInResponse>
{
    /// <summary>The record without what must not be written anywhere.</summary>
    public override string ToString() => nameof(SignIn);
}

internal sealed class SignInHandler(
    IAccountRepository accounts, IUnitOfWork unitOfWork, IPasswordHasher hasher, ITokenIssuer tokens, ISignInThrottle throttle, TimeProvider clock)
    : ICommandHandler<SignIn, SignInResponse>
{
    public async Task<SignInResponse> ExecuteAsync(SignIn command, CancellationToken cancellationToken)
    {
        var email = User.Normalize(command.Email);
        using var attempt = await throttle.BeginAsync(command.Address, email, cancellationToken).ConfigureAwait(false);
        var user = await accounts.FindByEmailAsync(email, cancellationToken).ConfigureAwait(false);

        // Verified even where there is no account: the time taken must not tell.
        var verdict = await hasher.VerifyAsync(user?.PasswordHash, command.Password, cancellationToken).ConfigureAwait(false);
        if (user is null || verdict == PasswordVerdict.Wrong)
        {
            attempt.Fail();
            throw Refused();
        }

        if (verdict == PasswordVerdict.RightButOutdated)
        {
            user.ChangePassword(await hasher.HashAsync(command.Password, cancellationToken).ConfigureAwait(false));
        }

        var now = clock.UtcNow();
        var session = await Session.BeginAsync(tokens, accounts, user, Guid.CreateVersion7(now), now, cancellationToken).ConfigureAwait(false);
        accounts.RequireUnchangedPassword(user);
        try
        {
            // Committed here: a password that was changed since it was read, which withdrew every session, lets no session of the old one slip through.
            await unitOfWork.CommitAsync([], nameof(SignIn), cancellationToken).ConfigureAwait(false);
        }
        catch (ConflictException)
        {
            throw Refused();
        }

        return session;
    }

    private static AuthenticationFailedException Refused() => new("The e-mail address or the password is not right.");
}
