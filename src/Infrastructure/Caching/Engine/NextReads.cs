using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Infrastructure.Caching.Engine;

/// <summary>
/// What a read with the default policy would do with the copies of a key: the order of <see cref="CacheEngine"/> and <see cref="Loader"/>, told without doing it.
/// A test holds the two together.
/// </summary>
internal static class NextReads
{
    /// <summary>Tells the next read.</summary>
    /// <param name="memory">The copy in memory.</param>
    /// <param name="redis">The copy in Redis.</param>
    /// <param name="loadUnderWay">Whether this node is loading the key.</param>
    public static NextRead Of(CopyExplanation memory, CopyExplanation redis, bool loadUnderWay)
    {
        if (InLife(memory) is { } inLife && (inLife.State == CopyState.Fresh ? inLife.MemoryTtlSeconds > 0 : !IsPartial(inLife)))
        {
            return Answered(inLife, CacheSource.Memory, loadUnderWay);
        }

        var held = memory.Type is null || IsPartial(memory) ? null : memory;
        var shared = redis.Lease is null || redis.State is CopyState.OtherJournal or CopyState.OtherShape or CopyState.Unusable or CopyState.Over ? null : redis;
        var copy = Newest(held, shared);
        if (copy is { State: CopyState.Fresh or CopyState.Unverified })
        {
            return Answered(copy, ReferenceEquals(copy, shared) ? CacheSource.Redis : CacheSource.Memory, loadUnderWay);
        }

        if (copy is { State: CopyState.Expired, FailedLoad: { } failed })
        {
            return new NextRead(
                CacheSource.Stale, failed.Reason, null, loadUnderWay, $"A stale copy answers, marked: its last renewal failed, and the next one is tried in {failed.RetryInSeconds} s.");
        }

        return new NextRead(
            CacheSource.Origin,
            null,
            copy is { State: CopyState.Expired or CopyState.Invalidated } ? "stale" : "unavailable",
            loadUnderWay,
            $"It is loaded. Memory: {memory.Because} Redis: {redis.Because}");
    }

    private static NextRead Answered(CopyExplanation copy, CacheSource tier, bool loadUnderWay)
    {
        var name = tier == CacheSource.Memory ? "memory" : "Redis";
        return copy.State == CopyState.Fresh
            ? new NextRead(tier, null, null, loadUnderWay, $"The copy in {name} answers. {copy.Because}")
            : new NextRead(CacheSource.Stale, StaleReason.Unverified, null, loadUnderWay, $"The copy in {name} answers, marked as stale. {copy.Because}");
    }

    /// <summary>What of memory's copy is inside its life: the complete value, or the newer partial one beside it.</summary>
    private static CopyExplanation? InLife(CopyExplanation memory) =>
        memory.State is CopyState.Fresh or CopyState.Unverified ? memory
        : memory.Partial is { State: CopyState.Fresh or CopyState.Unverified } partial ? partial
        : null;

    private static bool IsPartial(CopyExplanation copy) => copy.FailedOperations is { Count: > 0 };

    /// <summary>The copy whose load knew more, or began later; where neither did, memory's.</summary>
    private static CopyExplanation? Newest(CopyExplanation? held, CopyExplanation? shared) =>
        held is null || (shared is not null && (shared.Lease > held.Lease || (shared.Lease == held.Lease && shared.AgeSeconds < held.AgeSeconds))) ? shared : held;
}
