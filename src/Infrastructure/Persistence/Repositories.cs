using Microsoft.EntityFrameworkCore;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Domain.Accounts;
using NeuroLab.Domain.Experiments;

namespace NeuroLab.Infrastructure.Persistence;

/// <inheritdoc />
internal sealed class ExperimentRepository(WorkContext work) : IExperimentRepository
{
    public void Add(Experiment experiment, ExperimentResult? result) => work.Context.AddExperiment(experiment, result);

    public Task<Experiment?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) => work.CallAsync(
        (context, token) => context.Experiments.SingleOrDefaultAsync(e => e.Id == id && e.UserId == userId, token), retried: true, cancellationToken);

    public void Remove(Experiment experiment) => work.Context.Remove(experiment);
}

/// <inheritdoc />
internal sealed class AccountRepository(WorkContext work) : IAccountRepository
{
    public void Add(User user) => work.Context.Add(user);

    public void Add(RefreshToken token) => work.Context.Add(token);

    public Task<User?> FindByEmailAsync(string normalizedEmail, CancellationToken cancellationToken) => work.CallAsync(
        (context, token) => context.Users.SingleOrDefaultAsync(u => u.NormalizedEmail == normalizedEmail, token), retried: true, cancellationToken);

    public Task<User?> FindAsync(Guid id, CancellationToken cancellationToken) => work.CallAsync(
        (context, token) => context.Users.SingleOrDefaultAsync(u => u.Id == id, token), retried: true, cancellationToken);

    /// <summary>Writes the hash even where it is the same: the statement finds no row where another hash stands there by now.</summary>
    public void RequireUnchangedPassword(User user) => work.Context.Entry(user).Property(u => u.PasswordHash).IsModified = true;

    public void Remove(User user) => work.Context.Remove(user);

    public Task<RefreshToken?> FindTokenAsync(string tokenHash, CancellationToken cancellationToken) => work.CallAsync(
        (context, token) => context.RefreshTokens.SingleOrDefaultAsync(t => t.TokenHash == tokenHash, token), retried: true, cancellationToken);

    public Task WithdrawFamilyAsync(Guid familyId, CancellationToken cancellationToken) => WithdrawAsync(t => t.FamilyId == familyId);

    public Task WithdrawAllAsync(Guid userId, CancellationToken cancellationToken) => WithdrawAsync(t => t.UserId == userId);

    /// <summary>By a statement of the commit, not by what is there now: a token that a sign-in or a refresh adds in between goes too.</summary>
    private Task WithdrawAsync(System.Linq.Expressions.Expression<Func<RefreshToken, bool>> which)
    {
        work.DeleteAtCommit((context, token) => context.RefreshTokens.Where(which).ExecuteDeleteAsync(token));
        return Task.CompletedTask;
    }
}
