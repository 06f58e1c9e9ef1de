using MediatR;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;

namespace NeuroLab.Application.Accounts;

/// <summary>Withdraws every refresh token of an account. Access tokens given out run on to their end.</summary>
/// <param name="UserId">The account.</param>
[InvalidatesNothing("It removes refresh tokens only, which no cached query reads.")]
public sealed record SignOut(Guid UserId) : ICommand<Unit>;

internal sealed class SignOutHandler(IAccountRepository accounts, IUnitOfWork unitOfWork) : ICommandHandler<SignOut, Unit>
{
    public async Task<Unit> ExecuteAsync(SignOut command, CancellationToken cancellationToken)
    {
        await TokenWithdrawal.CommitAsync(unitOfWork, none => accounts.WithdrawAllAsync(command.UserId, none), nameof(SignOut)).ConfigureAwait(false);
        return Unit.Value;
    }
}
