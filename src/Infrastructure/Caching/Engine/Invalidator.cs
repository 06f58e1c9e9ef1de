using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Diagnostics;
using NeuroLab.Infrastructure.Caching.Journal;

namespace NeuroLab.Infrastructure.Caching.Engine;

/// <summary>
/// What follows a commit: this node knows its own write, from the write itself and before it is answered, and purged values are deleted from both tiers. The journal is not read for
/// that, unless the write comes before what is known: whoever loads what was written has it read first. Correctness rests on the records; the deletion frees the memory and the data. Thread-safe.
/// </summary>
internal sealed partial class Invalidator(
    IInvalidationJournal journal,
    JournalFollower follower,
    IDistributedTier distributed,
    IInvalidationHints hints,
    CacheCounters counters,
    CacheClock clock,
    IOptions<CacheOptions> options,
    ILogger<Invalidator> logger) : ICommitObserver
{
    private const int PurgesAtOnce = 50;

    private static readonly TimeSpan PurgeWait = TimeSpan.FromSeconds(2);

    private readonly TimeSpan _bound = options.Value.JournalReadTimeout * 2;

    public async Task<ConsistencyToken> InvalidateAsync(IReadOnlyList<Invalidation> invalidations, string command, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(invalidations);
        ArgumentOutOfRangeException.ThrowIfZero(invalidations.Count, nameof(invalidations));
        var position = await journal.AppendAsync(invalidations, command, cancellationToken).ConfigureAwait(false);
        await CommittedAsync(position, invalidations, command).ConfigureAwait(false);
        return new ConsistencyToken(position);
    }

    public async Task CommittedAsync(long position, IReadOnlyList<Invalidation> invalidations, string command)
    {
        ArgumentNullException.ThrowIfNull(invalidations);
        foreach (var invalidation in invalidations)
        {
            CacheCounters.Count(counters.InvalidationsWritten, invalidation);
        }

        Know(position, invalidations, command);
        hints.Publish();

        // Read already, by somebody else; or the journal is another one, or went back, and against what was leased at later positions these records say nothing. A read tells.
        if (position < follower.Position && !await CatchUpAsync().ConfigureAwait(false))
        {
            follower.Distrust();
        }

        await PurgeSharedAsync([.. invalidations
            .Where(invalidation => invalidation is { IsPurge: true, Target: InvalidationTarget.Pattern })
            .Select(purge => CachePattern.Glob(purge.Text))]).ConfigureAwait(false);
    }

    private async Task<bool> CatchUpAsync()
    {
        try
        {
            // Two readings at most (of two reads each, where the journal is another one: then the bound may end it first): one that was under way already, and one of our own.
            return await follower.CatchUpAsync().WaitAsync(_bound, clock.Provider).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The write has happened: that it cannot be read back is no failure of the command.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    private void Know(long position, IReadOnlyList<Invalidation> invalidations, string command)
    {
        try
        {
            follower.Learn(position, invalidations, command);
        }
#pragma warning disable CA1031 // The write has happened: whatever an observer makes of its records is no failure of the command.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            follower.Distrust();
            LogDistrusted(exception.GetType().Name);
        }
    }

    private async Task PurgeAllAsync(IReadOnlyList<CachePattern> patterns)
    {
        // Not all at once: the calls that may be under way are for reads too.
        foreach (var some in patterns.Chunk(PurgesAtOnce))
        {
            await Task.WhenAll(some.Select(pattern => distributed.PurgeAsync(pattern, CancellationToken.None))).ConfigureAwait(false);
        }
    }

    private async Task PurgeSharedAsync(IReadOnlyList<CachePattern> patterns)
    {
        if (patterns.Count == 0 || !distributed.IsAvailable)
        {
            return;
        }

        try
        {
            // One bound for all. A walk over very many keys goes on behind the answer.
            await PurgeAllAsync(patterns).WaitAsync(PurgeWait, clock.Provider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogPurgeGoesOn();
        }
#pragma warning disable CA1031 // The write has happened, and the records keep what was purged from being served.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogPurgeFailed(exception.GetType().Name);
        }
    }

    [LoggerMessage(EventId = 3303, Level = LogLevel.Warning, Message = "Purged values could not be deleted from the shared tier ({Failure}); they are not served, and go at the end of their life.")]
    private partial void LogPurgeFailed(string failure);

    [LoggerMessage(EventId = 3301, Level = LogLevel.Warning, Message = "A write was committed, but not taken notice of ({Failure}): copies are not called fresh until it is read back.")]
    private partial void LogDistrusted(string failure);

    [LoggerMessage(EventId = 3302, Level = LogLevel.Information, Message = "A purge of the shared tier takes long and goes on behind the answer.")]
    private partial void LogPurgeGoesOn();
}

/// <summary>Frees memory of what was purged, here or on another node.</summary>
internal sealed class MemoryPurger(IMemoryTier memory, InvalidationIndex index) : IJournalObserver
{
    public void OnRecords(IReadOnlyList<JournalRecord> records)
    {
        var globs = new List<JournalRecord>();
        foreach (var purge in records.Where(record => record.Invalidation is { IsPurge: true, Target: InvalidationTarget.Pattern }))
        {
            if (!Glob.IsLiteral(purge.Invalidation.Text, out var text))
            {
                globs.Add(purge);
            }
            else if (CacheKey.TryOf(text, out var key) && memory.TryPeek(key, out var entry) && IsOf(purge, entry))
            {
                memory.Remove(entry);
            }
        }

        if (globs.Count > 0)
        {
            memory.RemoveWhere(entry => globs.Exists(purge => IsOf(purge, entry) && Glob.IsMatch(purge.Invalidation.Text, entry.Key.Value)));
        }
    }

    /// <summary>By position too: a value loaded after the purge stays. Of one that was leased from another journal that cannot be told.</summary>
    private bool IsOf(JournalRecord purge, MemoryEntry entry) => purge.Position >= entry.Lease || entry.Epoch != index.Epoch;
}
