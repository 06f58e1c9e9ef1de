using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;
using NeuroLab.Domain.Accounts;

namespace NeuroLab.Application.Accounts;

/// <summary>Opens an account.</summary>
/// <param name="Email">An address that no account has; at most 254 characters.</param>
/// <param name="Username">The name shown; 1 to 64 characters after trimming, not unique.</param>
/// <param name="Password">8 to 128 characters.</param>
/// <remarks>Throws <see cref="ConflictException"/> when the address is taken.</remarks>
[InvalidatesNothing("Nothing can be cached for an account that did not exist.")]
public sealed record Register(string Email, string Username, string Password) : ICommand<AccountResponse>
{
    /// <summary>The record without what must not be written anywhere.</summary>
    public override string ToString() => nameof(Register);
}

internal sealed class RegisterHandler(IAccountRepository accounts, IPasswordHasher hasher, TimeProvider clock) : ICommandHandler<Register, AccountResponse>
{
    public async Task<AccountResponse> ExecuteAsync(Register command, CancellationToken cancellationToken)
    {
        if (await accounts.FindByEmailAsync(User.Normalize(command.Email), cancellationToken).ConfigureAwait(false) is not null)
        {
            throw new ConflictException("This e-mail address is taken.");
        }

        var hash = await hasher.HashAsync(command.Password, cancellationToken).ConfigureAwait(false);
        var now = clock.UtcNow();
        var user = new User(Guid.CreateVersion7(now), command.Email.Trim(), command.Username.Trim(), hash, now);
        accounts.Add(user);
        return AccountResponse.From(user);
    }
}
