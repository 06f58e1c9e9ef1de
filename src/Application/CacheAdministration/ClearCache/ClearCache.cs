using NeuroLab.Application.Abstractions.Auditing;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Common;

namespace NeuroLab.Application.CacheAdministration;

/// <summary>Purges every cached value whose key matches, in every tier and on every node.</summary>
/// <param name="Pattern">A glob over keys (<c>*</c>, <c>?</c>, <c>[a-c]</c>, <c>\</c>); <c>*</c> is every key of this application.</param>
public sealed record ClearCache(string Pattern) : ICommand<ClearCacheResponse>, IInvalidatesCache
{
    /// <summary>Who asks for it, for the audit log.</summary>
    public AuditOrigin By { get; init; } = AuditOrigin.Console;

    /// <inheritdoc />
    public IReadOnlyList<Invalidation> Invalidations => [Invalidation.Purge(CachePattern.Glob(Pattern))];
}

internal sealed class ClearCacheHandler(IAuditLog audit, TimeProvider clock) : ICommandHandler<ClearCache, ClearCacheResponse>
{
    public Task<ClearCacheResponse> ExecuteAsync(ClearCache command, CancellationToken cancellationToken)
    {
        audit.Add(AuditAction.CacheClear, command.By, command.Pattern);
        return Task.FromResult(new ClearCacheResponse("Every cached value whose key matches the pattern is purged.", clock.UtcNow()));
    }
}
