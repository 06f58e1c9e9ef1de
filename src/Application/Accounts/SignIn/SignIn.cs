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
[InvalidatesNothing("It writes refresh tokens only, which no cached query reads.")]
public sealed record SignIn(string Email, string Password, string Address) : ICommand<SignInResponse>
{
    /// <summary>The record without what must not be written anywhere.</summary>
    public override string ToString() => nameof(SignIn);
}

internal sealed class SignInHandler(
    IAccountRepository accounts, IPasswordHasher hasher, ITokenIssuer tokens, ISignInThrottle throttle, TimeProvider clock)
    : ICommandHandler<SignIn, SignInResponse>
{
    public async Task<SignInResponse> ExecuteAsync(SignIn command, CancellationToken cancellationToken)
    {
        var email = User.Normalize(command.Email);
        if (throttle.GetDelay(command.Address, email) is { } delay)
        {
            throw new RateLimitedException("Too many failed sign-ins. Try again later.", delay);
        }

        var user = await accounts.FindByEmailAsync(email, cancellationToken).ConfigureAwait(false);

        // Verified even where there is no account: the time taken must not tell.
        var verified = hasher.Verify(user?.PasswordHash, command.Password);
        if (user is null || !verified)
        {
            throttle.RecordFailure(command.Address, email);
            throw new AuthenticationFailedException("The e-mail address or the password is not right.");
        }

        var now = clock.UtcNow();
        return await Session.BeginAsync(tokens, accounts, user, Guid.CreateVersion7(now), now, cancellationToken).ConfigureAwait(false);
    }
}
