using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;

namespace NeuroLab.Application.Accounts;

/// <summary>Withdraws refresh tokens for good, whoever uses one of them meanwhile.</summary>
internal static class TokenWithdrawal
{
    private const int Attempts = 5;

    /// <summary>
    /// Withdraws and commits; where the commit is a conflict, once more.
    /// Not cancellable: whoever hangs up must not keep a session alive.
    /// </summary>
    /// <param name="unitOfWork">What is committed; it holds nothing else.</param>
    /// <param name="withdraw">Puts the withdrawal into the unit of work.</param>
    /// <param name="command">The command's name.</param>
    /// <exception cref="ConflictException">The tokens changed each time.</exception>
    public static async Task CommitAsync(IUnitOfWork unitOfWork, Func<CancellationToken, Task> withdraw, string command)
    {
        for (var attempt = 1; ; attempt++)
        {
            await withdraw(CancellationToken.None).ConfigureAwait(false);
            try
            {
                await unitOfWork.CommitAsync([], command, CancellationToken.None).ConfigureAwait(false);
                return;
            }
            catch (ConflictException) when (attempt < Attempts)
            {
                // Read again what is there now.
            }
        }
    }
}
