using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Infrastructure.Caching.Redis;

/// <summary>The shared tier where no store is configured: holds nothing. Thread-safe.</summary>
internal sealed class DisabledDistributedTier : IDistributedTier
{
    /// <inheritdoc />
    public bool IsConfigured => false;

    /// <inheritdoc />
    public bool IsAvailable => false;

    /// <inheritdoc />
    public ValueTask<DistributedRead> GetAsync(CacheKey key, CancellationToken cancellationToken) => ValueTask.FromResult(DistributedRead.Miss);

    /// <inheritdoc />
    public ValueTask<bool> SetAsync(CacheKey key, DistributedEntry entry, CancellationToken cancellationToken) => ValueTask.FromResult(false);

    /// <inheritdoc />
    public Task<long?> PurgeAsync(CachePattern pattern, CancellationToken cancellationToken) => Task.FromResult<long?>(0);

    /// <inheritdoc />
    public Task<CacheListing> ListAsync(CachePattern pattern, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(new CacheListing([], IsComplete: true));

    /// <inheritdoc />
    public Task<long?> CountAsync(CachePattern pattern, CancellationToken cancellationToken) => Task.FromResult<long?>(0);

    /// <inheritdoc />
    public Task<DistributedTierStatus> GetStatusAsync(CancellationToken cancellationToken) => Task.FromResult(new DistributedTierStatus { Status = "disabled" });
}
