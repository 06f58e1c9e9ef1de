using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Application.Abstractions.Persistence;

/// <summary>
/// What one command changes: repositories of the same scope put their changes here, and one short transaction commits them together with the
/// journal records. Scoped; not thread-safe.
/// </summary>
public interface IUnitOfWork
{
    /// <summary>Commits every change and the records of what it invalidates, or nothing.</summary>
    /// <param name="invalidations">What is out of date after the commit; may be empty.</param>
    /// <param name="command">The command's name, for the operator.</param>
    /// <param name="cancellationToken">Gives up before the commit is sent.</param>
    /// <returns>The journal position of the write; null where nothing was invalidated.</returns>
    /// <exception cref="Common.OriginUnavailableException">The database cannot be reached now.</exception>
    /// <exception cref="Common.ConflictException">Somebody else changed, took or deleted the same thing meanwhile.</exception>
    Task<long?> CommitAsync(IReadOnlyList<Invalidation> invalidations, string command, CancellationToken cancellationToken);
}
