using NeuroLab.Domain.Accounts;

namespace NeuroLab.Application.Abstractions.Persistence;

/// <summary>Accounts and their refresh tokens, for commands. Scoped with the unit of work; nothing is written before its commit.</summary>
public interface IAccountRepository
{
    /// <summary>Adds an account. A taken address shows at the commit, as a conflict, if not before.</summary>
    void Add(User user);

    /// <summary>Finds an account by its normalized address.</summary>
    Task<User?> FindByEmailAsync(string normalizedEmail, CancellationToken cancellationToken);

    /// <summary>Finds an account.</summary>
    Task<User?> FindAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Makes the commit a conflict where the account's password was changed, or the account deleted, since it was found.</summary>
    void RequireUnchangedPassword(User user);

    /// <summary>Removes an account with everything that is its own: experiments, results, tokens.</summary>
    void Remove(User user);

    /// <summary>Adds a refresh token.</summary>
    void Add(RefreshToken token);

    /// <summary>Finds a refresh token by its hash.</summary>
    Task<RefreshToken?> FindTokenAsync(string tokenHash, CancellationToken cancellationToken);

    /// <summary>Withdraws every token of a sign-in that is there at the commit, however it came there.</summary>
    Task WithdrawFamilyAsync(Guid familyId, CancellationToken cancellationToken);

    /// <summary>Withdraws every refresh token of an account that is there at the commit, however it came there.</summary>
    Task WithdrawAllAsync(Guid userId, CancellationToken cancellationToken);
}
