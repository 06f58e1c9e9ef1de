using NeuroLab.Application.Abstractions.Auditing;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;
using NeuroLab.Domain.Accounts;

namespace NeuroLab.Application.Accounts;

/// <summary>Gives an account the role <c>admin</c>, which its next access token carries. For the executable, not for clients.</summary>
/// <param name="Email">The account's address.</param>
/// <remarks>Throws <see cref="NotFoundException"/> when no account has the address.</remarks>
[InvalidatesNothing("It writes the account's role only, which no cached query reads.")]
public sealed record GrantAdmin(string Email) : ICommand<AccountResponse>
{
    /// <summary>Who asks for it, for the audit log.</summary>
    public AuditOrigin By { get; init; } = AuditOrigin.Console;

    /// <summary>The record without what must not be written anywhere.</summary>
    public override string ToString() => nameof(GrantAdmin);
}

internal sealed class GrantAdminHandler(IAccountRepository accounts, IAuditLog audit) : ICommandHandler<GrantAdmin, AccountResponse>
{
    public async Task<AccountResponse> ExecuteAsync(GrantAdmin command, CancellationToken cancellationToken)
    {
        var user = await accounts.FindByEmailAsync(User.Normalize(command.Email), cancellationToken).ConfigureAwait(false)
            ?? throw new NotFoundException("No account has this e-mail address.");
        user.GrantAdmin();
        audit.Add(AuditAction.AdminGrant, command.By, user.Id.ToString("D"));
        return AccountResponse.From(user);
    }
}
