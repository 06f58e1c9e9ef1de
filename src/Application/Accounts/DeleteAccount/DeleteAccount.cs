using MediatR;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;

namespace NeuroLab.Application.Accounts;

/// <summary>Deletes an account with everything that is its own. Cached copies are purged, not only marked: nothing of it is served again.</summary>
/// <param name="UserId">The account.</param>
/// <remarks>Throws <see cref="NotFoundException"/> when it is gone already.</remarks>
public sealed record DeleteAccount(Guid UserId) : ICommand<Unit>, IInvalidatesCache
{
    /// <inheritdoc />
    public IReadOnlyList<Invalidation> Invalidations =>
    [
        Invalidation.Purge(CachePattern.Owned("dashboard", UserId)),
        Invalidation.Purge(CachePattern.Owned("experiments", UserId)),

        // By this record every node knows that the account's access tokens are void.
        Invalidation.Purge(CachePattern.Exact(AccountKeys.Account(UserId))),
    ];
}

internal sealed class DeleteAccountHandler(IAccountRepository accounts) : ICommandHandler<DeleteAccount, Unit>
{
    public async Task<Unit> ExecuteAsync(DeleteAccount command, CancellationToken cancellationToken)
    {
        var user = await accounts.FindAsync(command.UserId, cancellationToken).ConfigureAwait(false)
            ?? throw new NotFoundException("The account does not exist any more.");
        accounts.Remove(user);
        return Unit.Value;
    }
}
