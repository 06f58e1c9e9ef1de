using NeuroLab.Application.Abstractions.Auditing;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;
using NeuroLab.Domain.Accounts;

namespace NeuroLab.Application.CacheAdministration;

/// <summary>Loads what a user asks first into the cache: into this node's memory, and into Redis for the others.</summary>
/// <param name="User">The account's e-mail address or id.</param>
/// <remarks>Throws <see cref="NotFoundException"/> when there is no such account.</remarks>
[InvalidatesNothing("It writes an entry of the audit log only, which no cached query reads.")]
public sealed record WarmCache(string User) : ICommand<WarmCacheResponse>
{
    /// <summary>Who asks for it, for the audit log.</summary>
    public AuditOrigin By { get; init; } = AuditOrigin.Console;

    /// <summary>The record without what must not be written anywhere.</summary>
    public override string ToString() => nameof(WarmCache);
}

internal sealed class WarmCacheHandler(IAccountRepository accounts, IEnumerable<IUserWarmUp> warmUps, IAuditLog audit, TimeProvider clock)
    : ICommandHandler<WarmCache, WarmCacheResponse>
{
    public async Task<WarmCacheResponse> ExecuteAsync(WarmCache command, CancellationToken cancellationToken)
    {
        var user = await FindAsync(command.User, cancellationToken).ConfigureAwait(false) ?? throw new NotFoundException("There is no such account.");
        var queries = new List<WarmedQueryResponse>();
        var started = clock.GetTimestamp();

        // One after the other: it is not to take the database from those who wait for an answer.
        foreach (var warmUp in warmUps.OrderBy(one => one.Query, StringComparer.Ordinal))
        {
            var begun = clock.GetTimestamp();
            var freshness = await warmUp.AskAsync(user.Id, cancellationToken).ConfigureAwait(false);
            queries.Add(new WarmedQueryResponse(warmUp.Query, freshness.Source, freshness.IsPartial, Milliseconds(begun)));
        }

        audit.Add(AuditAction.CacheWarm, command.By, user.Id.ToString("D"));
        return new WarmCacheResponse(
            user.Id, From(CacheSource.Origin), From(CacheSource.Memory) + From(CacheSource.Redis), From(CacheSource.Stale), Milliseconds(started), queries);

        int From(CacheSource source) => queries.Count(one => one.Source == source);
    }

    private Task<User?> FindAsync(string user, CancellationToken cancellationToken) =>
        Guid.TryParseExact(user.Trim(), "D", out var id) ? accounts.FindAsync(id, cancellationToken) : accounts.FindByEmailAsync(User.Normalize(user), cancellationToken);

    private double Milliseconds(long since) => Math.Round(clock.GetElapsedTime(since).TotalMilliseconds, 1);
}
