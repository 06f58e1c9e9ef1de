using System.Diagnostics;
using System.Runtime.CompilerServices;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Diagnostics;
using NeuroLab.Infrastructure.Caching.Journal;

namespace NeuroLab.Infrastructure.Caching.Engine;

/// <summary>
/// The two tiers as one: finds copies, judges them by the one rule, stores values. It calls nothing fresh that is not verified, and stores nothing
/// that it knows to be overtaken. Thread-safe.
/// </summary>
internal sealed class Shelves(
    IMemoryTier memory,
    IDistributedTier distributed,
    InvalidationIndex index,
    JournalFollower follower,
    EntryFactory entries,
    CacheCounters counters,
    CacheTimings timings,
    CacheClock clock)
{
    /// <summary>What the journal, as far as it is known, says of an entry.</summary>
    public Validity Judge(MemoryEntry entry) => index.Judge(entry);

    /// <summary>The entry of a key in memory, counted as used.</summary>
    public CacheEntry<T>? Use<T>(CacheKey key) => memory.TryGet(key, out var entry) ? entry as CacheEntry<T> : null;

    /// <summary>The entry of a key in memory, without counting it as used.</summary>
    public CacheEntry<T>? Peek<T>(CacheKey key) => memory.TryPeek(key, out var entry) ? entry as CacheEntry<T> : null;

    /// <summary>The entry of a key in memory, where a policy reads from there.</summary>
    public CacheEntry<T>? Peek<T>(CacheKey key, CachePolicy policy) => (policy.ReadFrom & CacheTiers.Memory) != 0 ? Peek<T>(key) : null;

    /// <summary>What of an entry can be called fresh, if the node is verified: the complete value, or the newer partial one beside it.</summary>
    public CacheEntry<T>? FreshPart<T>(CacheEntry<T> entry)
    {
        var now = clock.Now;
        if (now < entry.FreshUntil && Judge(entry) == Validity.Valid)
        {
            return entry;
        }

        return entry.Partial is { } partial && now < partial.FreshUntil && Judge(partial) == Validity.Valid ? partial : null;
    }

    /// <summary>Whether an entry may be served as a stale copy.</summary>
    public bool IsServableStale<T>(CacheEntry<T> entry) => !entry.IsPartial && clock.Now < entry.StaleUntil && Judge(entry) != Validity.Purged;

    /// <summary>Whether only time stands against an entry, so that it may be served while its successor is loaded.</summary>
    public bool IsExpiredByTimeAlone<T>(CacheEntry<T> entry) => !entry.IsPartial && clock.Now < entry.StaleUntil && Judge(entry) == Validity.Valid;

    /// <summary>The copy of a key in Redis, of this type and this journal; null where there is none. And whether Redis answered.</summary>
    public ValueTask<SharedCopy<T>> ReadSharedAsync<T>(CacheKey key, CachePolicy policy, CancellationToken cancellationToken) =>
        IsSharedReadBy(policy) ? ObserveAsync<T>(key, policy, cancellationToken) : default;

    /// <summary>The same, where it is not a request that looks for the first time: neither counted nor measured.</summary>
    public ValueTask<SharedCopy<T>> LookAgainAsync<T>(CacheKey key, CachePolicy policy, CancellationToken cancellationToken) =>
        IsSharedReadBy(policy) ? LookAsync<T>(key, policy, cancellationToken) : default;

    /// <summary>Keeps a copy that was found in memory, as it is, where that is one of the tiers that may keep it.</summary>
    public void KeepShared<T>(CacheEntry<T> entry, CacheTiers tiers)
    {
        if (tiers.HasFlag(CacheTiers.Memory))
        {
            memory.Set(entry);
        }
    }

    /// <summary>Stores a complete value in memory, or a partial one beside the complete copy. What is known to be overtaken is not stored.</summary>
    /// <param name="entry">The value.</param>
    /// <param name="complete">A complete copy that a partial value is kept beside; null where none is known.</param>
    /// <param name="tiers">The tiers that may keep the value.</param>
    /// <returns>Whether the value belongs into Redis too.</returns>
    public bool StoreInMemory<T>(CacheEntry<T> entry, CacheEntry<T>? complete, CacheTiers tiers)
    {
        if (tiers == CacheTiers.None || Judge(entry) != Validity.Valid)
        {
            return false;
        }

        var here = tiers.HasFlag(CacheTiers.Memory);
        if (!entry.IsPartial)
        {
            // Memory may refuse it for its size; a newer value that it holds is newer for Redis too.
            return ((here && memory.Set(entry)) || Peek<T>(entry.Key) is not { } held || !held.IsNewerThan(entry)) && tiers.HasFlag(CacheTiers.Redis);
        }

        if (!here)
        {
            return false;
        }

        complete = Newest(complete, Peek<T>(entry.Key));
        memory.Set(complete is not null && IsServableStale(complete) ? complete.With(entry) : entry);
        return false;
    }

    /// <summary>Stores a complete value in Redis.</summary>
    public ValueTask<bool> StoreSharedAsync<T>(CacheEntry<T> entry, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        // The id before the epoch: who is given another id comes after the epoch's end, so the lease is of this journal.
        var journalId = follower.JournalId;
        return payload.IsEmpty || !distributed.IsConfigured || journalId == Guid.Empty || entry.Epoch != follower.Epoch
            ? new(false)
            : WriteSharedAsync(entry.Key, entries.ToDistributed(entry, payload, journalId), cancellationToken);
    }

    /// <summary>Notes that an entry was answered with as a fresh one. Where it slides, it stays so for longer, and the copy in Redis follows behind the answer.</summary>
    public void Slide<T>(CacheEntry<T> entry, long now)
    {
        if (entry.SlidingSpan == 0)
        {
            return;
        }

        entry.Slide(now);
        if (entry.TryBeginRenewal(now) && entry.IsShared && distributed.IsConfigured)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static run => _ = run.Shelves.RenewSharedAsync(run.Entry), (Shelves: this, Entry: entry), preferLocal: false);
        }
    }

    private bool IsSharedReadBy(CachePolicy policy) => distributed.IsConfigured && policy.ReadFrom.HasFlag(CacheTiers.Redis);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SharedCopy<T>> ObserveAsync<T>(CacheKey key, CachePolicy policy, CancellationToken cancellationToken)
    {
        using var span = CacheTracing.Start(CacheTracing.RedisRead, ActivityKind.Client);
        var started = timings.Start();
        var found = await LookAsync<T>(key, policy, cancellationToken).ConfigureAwait(false);
        var outcome = found.Entry is not { } entry ? found.Answered ? TierReadOutcome.Miss : TierReadOutcome.Unavailable
            : ReferenceEquals(FreshPart(entry), entry) ? TierReadOutcome.Hit : TierReadOutcome.Stale;
        counters.RedisReads.Increment((int)outcome);
        timings.RedisRead(started, outcome);
        span.End(outcome);
        return found;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SharedCopy<T>> LookAsync<T>(CacheKey key, CachePolicy policy, CancellationToken cancellationToken)
    {
        var read = await distributed.GetAsync(key, cancellationToken).ConfigureAwait(false);
        var readAt = clock.Now;
        if (read.Entry is not { } shared)
        {
            return read.Outcome == DistributedReadOutcome.Unavailable
                ? new(null, Answered: false, "Redis did not answer in time, or is not asked while it fails.")
                : new(null, Answered: true, read.Unusable is { } why ? $"What is in Redis counts as a miss: {why}." : null);
        }

        await follower.CatchUpWithAsync(shared.JournalId, shared.Lease, cancellationToken).ConfigureAwait(false);

        // Should the journal turn out to be another one meanwhile, the copy is of an epoch that is over.
        if (follower.EpochOf(shared.JournalId, shared.Lease) is not { } epoch)
        {
            return new(null, Answered: true, "What is in Redis was loaded under another journal, or under a later state of this one.");
        }

        var entry = entries.Promote<T>(key, shared, policy, epoch, readAt);
        return entry is null ? new(null, Answered: true, "What is in Redis is of another shape, or by its own account from the future.")
            : clock.Now < entry.StaleUntil ? new(entry, Answered: true, null)
            : new(null, Answered: true, "What is in Redis is past its life, the time for which it may be served stale included.");
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WriteSharedAsync(CacheKey key, DistributedEntry entry, CancellationToken cancellationToken)
    {
        using var span = CacheTracing.Start(CacheTracing.RedisWrite, ActivityKind.Client);
        var taken = await distributed.SetAsync(key, entry, cancellationToken).ConfigureAwait(false);
        span.End(taken ? RedisCallOutcome.Ok : RedisCallOutcome.Failed);
        return taken;
    }

    /// <summary>Writes the moved end of an entry's freshness to Redis: the same value with the same lease. What lies there from a newer load stays.</summary>
    private async Task RenewSharedAsync<T>(CacheEntry<T> entry)
    {
        var shared = (await LookAgainAsync<T>(entry.Key, CachePolicy.Default, CancellationToken.None).ConfigureAwait(false)).Entry;
        if (shared?.IsNewerThan(entry) != true && Judge(entry) == Validity.Valid)
        {
            await StoreSharedAsync(entry, entry.ToPayload(), CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>The newer of two complete copies; where neither is, the left one: memory's knows of a load that failed.</summary>
    public static CacheEntry<T>? Newest<T>(CacheEntry<T>? left, CacheEntry<T>? right)
    {
        left = left is { IsPartial: true } ? null : left;
        right = right is { IsPartial: true } ? null : right;
        return left is null || (right is not null && right.IsNewerThan(left)) ? right : left;
    }
}

/// <summary>What a look into Redis brought.</summary>
/// <param name="Entry">A copy of the type and the journal that were asked for; null where there is none.</param>
/// <param name="Answered">Whether Redis was asked, and answered.</param>
/// <param name="Because">Why what may be there cannot be used: a sentence, without key and value; null where nothing is.</param>
internal readonly record struct SharedCopy<T>(CacheEntry<T>? Entry, bool Answered, string? Because);
