using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Infrastructure.Caching.Journal;
using NeuroLab.Infrastructure.Caching.Serialization;

namespace NeuroLab.Infrastructure.Caching.Engine;

/// <summary>
/// Tells why a key is answered as it is: it looks where a read would look, judges by the same rule, and stores and loads nothing, and counts as no read. Thread-safe.
/// </summary>
internal sealed class Explainer(
    IMemoryTier memory, IDistributedTier distributed, InvalidationIndex index, JournalFollower follower, FlightTable flights, EntryFactory entries, CacheClock clock)
{
    /// <summary>The shapes of what the cacheable queries answer: known although none of them was asked yet in this process.</summary>
    private static readonly Lazy<IReadOnlyDictionary<ulong, string>> QueryShapes = new(() => typeof(ICacheableQuery).Assembly.GetTypes()
        .SelectMany(type => type.GetInterfaces())
        .Where(contract => contract.IsGenericType && contract.GetGenericTypeDefinition() == typeof(ICacheableQuery<>))
        .Select(contract => contract.GetGenericArguments()[0])
        .Where(answer => !answer.IsGenericParameter)
        .Distinct()
        .GroupBy(SchemaFingerprint.Of)
        .ToDictionary(shape => shape.Key, shape => shape.First().Name));

    /// <summary>Explains a key.</summary>
    public async Task<CacheExplanation> ExplainAsync(CacheKey key, CancellationToken cancellationToken)
    {
        // As a read does it, in its order: verify, memory, Redis, and the journal once more where the copy there is ahead of this node.
        await follower.VerifyAsync(cancellationToken).ConfigureAwait(false);
        memory.TryPeek(key, out var held);
        var read = distributed.IsConfigured ? await distributed.GetAsync(key, cancellationToken).ConfigureAwait(false) : default;
        var readAt = clock.Now;
        if (read.Entry is { } found)
        {
            await follower.CatchUpWithAsync(found.JournalId, found.Lease, cancellationToken).ConfigureAwait(false);
        }

        var now = clock.Now;
        var verified = now < follower.TrustedUntil;
        var here = held is null ? Nothing(CopyState.Absent, "Nothing is cached here.") : Describe(held, verified, now);
        var there = Describe(key, read, verified, readAt, now);
        var next = NextReads.Of(here, there, flights.IsUnderWay(key));
        var node = new NodeKnowledge(
            verified,
            follower.VerifiedAt == 0 ? null : CacheClock.Seconds(now - follower.VerifiedAt),
            follower.JournalId == Guid.Empty ? null : follower.JournalId,
            follower.Position,
            follower.RecordsPending);
        return new CacheExplanation(key.Value, clock.UtcNow, next, node, here, there);
    }

    /// <summary>Explains an entry of memory.</summary>
    public CopyExplanation Describe(MemoryEntry entry)
    {
        var now = clock.Now;
        return Describe(entry, now < follower.TrustedUntil, now);
    }

    private CopyExplanation Describe(MemoryEntry entry, bool verified, long now)
    {
        var details = (ICopyDetails)entry;
        var copy = Judged(entry.Key, entry.Tags, entry.Lease, entry.Epoch, new(entry.LoadedAt, entry.FreshUntil, entry.StaleUntil), entry.IsPartial, verified, now);
        return copy with
        {
            Type = details.TypeName,
            CachedAt = entry.CachedAt,
            MemoryTtlSeconds = CacheClock.Seconds(entry.MemoryUntil - now),
            SizeBytes = entry.Size,
            Hits = entry.Hits,
            FailedOperations = entry.FailedOperations,
            FailedLoad = now < details.ThrottledUntil ? new FailedLoad(details.ThrottleReason, CacheClock.Seconds(details.ThrottledUntil - now)) : null,
            Partial = details.NewerPartial is { } partial ? Describe(partial, verified, now) : null,
        };
    }

    private CopyExplanation Describe(CacheKey key, DistributedRead read, bool verified, long readAt, long now)
    {
        if (!distributed.IsConfigured)
        {
            return Nothing(CopyState.Disabled, "No Redis is configured.");
        }

        if (read.Entry is not { } shared)
        {
            return read.Outcome == DistributedReadOutcome.Unavailable
                ? Nothing(CopyState.Unavailable, "Redis did not answer in time, or is not asked while it fails.")
                : read.Unusable is { } why
                    ? Nothing(CopyState.Unusable, $"What is there counts as a miss: {why}.")
                    : Nothing(CopyState.Absent, "Nothing is cached there.");
        }

        var type = CacheSerializer.NameOf(shared.Schema) ?? QueryShapes.Value.GetValueOrDefault(shared.Schema);
        var times = entries.TimesOf(shared, readAt);
        var copy = (type, entries.IsPlausible(shared), follower.EpochOf(shared.JournalId, shared.Lease)) switch
        {
            (_, false, _) => Nothing(CopyState.Unusable, "What is there counts as a miss: by its own account it was loaded more than a day from now."),
            (null, _, _) => Nothing(
                CopyState.OtherShape, "No type that was cached here since the start, and no answer of a query, has its shape: it is a miss for all of these. Another version of the service, or a type that is not used here yet, wrote it."),
            (_, _, null) => Nothing(
                CopyState.OtherJournal,
                shared.JournalId == follower.JournalId
                    ? "It was loaded under a later state of the journal than this node could read."
                    : "It was loaded under another journal than the one that this node follows."),
            (_, _, { } epoch) => Judged(
                key, shared.Tags, shared.Lease, epoch, new(times.LoadedAt, times.FreshUntil, times.FreshUntil + times.StaleWindow), isPartial: false, verified, now),
        };
        return copy with
        {
            Type = type,
            CachedAt = shared.CachedAt,
            AgeSeconds = CacheClock.Seconds(Math.Max(0, now - times.LoadedAt)),
            TtlSeconds = CacheClock.Seconds(times.FreshUntil - now),
            StaleTtlSeconds = CacheClock.Seconds(times.FreshUntil + times.StaleWindow - now),
            Lease = shared.Lease,
            Tags = shared.Tags,
            SizeBytes = shared.Payload.Length,
        };
    }

    private CopyExplanation Judged(
        CacheKey key, IReadOnlyList<string> tags, long lease, int epoch, (long LoadedAt, long FreshUntil, long StaleUntil) life, bool isPartial, bool verified, long now)
    {
        var verdict = index.Explain(key, tags, lease, epoch);
        var by = verdict.By?.Command;
        var (state, because) = verdict.Validity switch
        {
            Validity.Purged when by is null => (CopyState.Forgotten, "What this node knows of the journal does not reach back to its load: a write may have overtaken it."),
            Validity.Purged => (CopyState.Purged, $"{by} has purged it."),
            _ when now >= (isPartial ? life.FreshUntil : life.StaleUntil) => (CopyState.Over, "Its life is over, the time for which it may be served stale included."),
            Validity.Invalidated when by is null => (CopyState.Invalidated, "It was loaded before this node knew that the database's server had crashed, or that another one had taken its place: nobody knows whether a write has overtaken it."),
            Validity.Invalidated => (CopyState.Invalidated, isPartial ? $"{by} has overtaken it, and as it lacks a section it is no last resort." : $"{by} has overtaken it."),
            _ when now >= life.FreshUntil => (CopyState.Expired, "Its time to live is over."),
            _ when !verified => (CopyState.Unverified, "It is inside its time to live, but the journal could not be read to know whether a write has overtaken it."),
            _ => (CopyState.Fresh, "It is inside its time to live, and no write has overtaken it."),
        };
        return new CopyExplanation
        {
            State = state,
            Because = because,
            OvertakenBy = verdict.By is { } record
                ? new OvertakingWrite(record.Command, record.At, record.Position, record.Invalidation.Target, record.Invalidation.Text, record.Invalidation.IsPurge)
                : null,
            AgeSeconds = CacheClock.Seconds(Math.Max(0, now - life.LoadedAt)),
            TtlSeconds = CacheClock.Seconds(life.FreshUntil - now),
            StaleTtlSeconds = CacheClock.Seconds(life.StaleUntil - now),
            Lease = lease,
            Tags = tags,
        };
    }

    private static CopyExplanation Nothing(CopyState state, string because) => new() { State = state, Because = because };
}
