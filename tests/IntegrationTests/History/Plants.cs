using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching;
using NeuroLab.Infrastructure.Caching.Journal;

namespace NeuroLab.IntegrationTests.History;

/// <summary>A bug that a node can be given, from outside the product.</summary>
internal enum PlantedBug
{
    None,

    /// <summary>A value is read first, and its lease taken then.</summary>
    LeaseAfterRead,

    /// <summary>What comes from Redis is taken for as new as this node's knowledge, not as its load's.</summary>
    PromotionLease,

    /// <summary>The follower asks for what is later than the last record it saw.</summary>
    PositionFromRecords,

    /// <summary>Copies are trusted long past the last journal read.</summary>
    LongTrust,

    /// <summary>A write is acknowledged before this node has read it back.</summary>
    OwnWriteUnread,

    /// <summary>Tokens are not heeded.</summary>
    TokenIgnored,

    /// <summary>A purge is taken for a plain invalidation.</summary>
    PurgeAsExpiry,
}

/// <summary>The bug that is planted in this node now. Thread-safe.</summary>
internal sealed class Plants(IOptions<CacheOptions> options)
{
    private readonly TimeSpan _window = options.Value.VerificationWindow;
    private volatile PlantedBug _current;

    public PlantedBug Current
    {
        get => _current;
        set
        {
            // The follower reads the setting anew with every reading of the journal.
            options.Value.VerificationWindow = value == PlantedBug.LongTrust ? TimeSpan.FromHours(1) : _window;
            _current = value;
        }
    }

    /// <summary>Puts the planted bugs between the parts of the product.</summary>
    public static void Decorate(IServiceCollection services)
    {
        services.AddSingleton<DatabaseJournal>();
        services.AddSingleton<IInvalidationJournal>(provider => new FaultyJournal(provider.GetRequiredService<DatabaseJournal>(), provider.GetRequiredService<Plants>()));
        var tier = services.Last(service => service.ServiceType == typeof(IDistributedTier)).ImplementationFactory!;
        services.AddSingleton<IDistributedTier>(provider => new FaultyTier(
            (IDistributedTier)tier(provider), provider.GetRequiredService<Plants>(), provider.GetRequiredService<JournalFollower>));
    }

    /// <summary>How the load of an operation goes.</summary>
    public async ValueTask<LoadPlan> PrepareAsync(Op op, RegisterReader registers)
    {
        if (Current != PlantedBug.LeaseAfterRead || op.IsWrite)
        {
            return new LoadPlan(op, registers, null);
        }

        var early = await registers.ReadAsync(op.Register, CancellationToken.None);
        await Task.Delay(op.Late);
        return new LoadPlan(op, registers, early);
    }

    public ConsistencyToken? Token(Op op) => op.After < 0 || Current == PlantedBug.TokenIgnored ? null : new ConsistencyToken(op.After);

    private sealed class FaultyJournal(IInvalidationJournal journal, Plants plants) : IInvalidationJournal
    {
        public async Task<JournalReading> ReadAsync(long since, CancellationToken cancellationToken)
        {
            var reading = await journal.ReadAsync(since, cancellationToken);
            return plants.Current switch
            {
                PlantedBug.PositionFromRecords => reading with { Position = Math.Max(since, reading.Records.Select(record => record.Position + 1).DefaultIfEmpty().Max()) },
                PlantedBug.PurgeAsExpiry => reading with
                {
                    Records = [.. reading.Records.Select(record => record with { Invalidation = record.Invalidation with { IsPurge = false } })],
                },
                _ => reading,
            };
        }

        public Task<long> AppendAsync(IReadOnlyList<Invalidation> invalidations, string command, CancellationToken cancellationToken) =>
            journal.AppendAsync(invalidations, command, cancellationToken);

        public Task<int> TrimAsync(DateTime olderThan, CancellationToken cancellationToken) => journal.TrimAsync(olderThan, cancellationToken);

        public Task<long> CountAsync(CancellationToken cancellationToken) => journal.CountAsync(cancellationToken);
    }

    private sealed class FaultyTier(IDistributedTier tier, Plants plants, Func<JournalFollower> follower) : IDistributedTier
    {
        public bool IsConfigured => tier.IsConfigured;

        public bool IsAvailable => tier.IsAvailable;

        public async ValueTask<DistributedRead> GetAsync(CacheKey key, CancellationToken cancellationToken)
        {
            var read = await tier.GetAsync(key, cancellationToken);
            return plants.Current == PlantedBug.PromotionLease && read.Entry is { } entry
                ? read with { Entry = entry with { Lease = Math.Max(entry.Lease, follower().Position) } }
                : read;
        }

        public ValueTask<bool> SetAsync(CacheKey key, DistributedEntry entry, CancellationToken cancellationToken) => tier.SetAsync(key, entry, cancellationToken);

        public Task<long?> PurgeAsync(CachePattern pattern, CancellationToken cancellationToken) => tier.PurgeAsync(pattern, cancellationToken);

        public Task<CacheListing> ListAsync(CachePattern pattern, int limit, CancellationToken cancellationToken) =>
            tier.ListAsync(pattern, limit, cancellationToken);

        public Task<long?> CountAsync(CachePattern pattern, CancellationToken cancellationToken) => tier.CountAsync(pattern, cancellationToken);

        public Task<DistributedTierStatus> GetStatusAsync(CancellationToken cancellationToken) => tier.GetStatusAsync(cancellationToken);
    }
}
