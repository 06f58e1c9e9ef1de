using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Diagnostics;
using NeuroLab.Infrastructure.Caching.Journal;

namespace NeuroLab.Infrastructure.Caching.Engine;

/// <summary>
/// The read path: memory; else the load already running; else Redis; else the origin; else, where the origin fails for a while, the marked stale
/// copy. A hit in memory is answered without a lock, a state machine or an allocation. Thread-safe.
/// </summary>
internal sealed partial class CacheEngine(
    IMemoryTier memory,
    Shelves shelves,
    FlightTable flights,
    Loader loader,
    JournalFollower follower,
    EntryFactory entries,
    Invalidator invalidator,
    Explainer explainer,
    CacheCounters counters,
    CacheTimings timings,
    CacheClock clock,
    IOptions<CacheOptions> options,
    ILogger<CacheEngine> logger) : ICache
{
    private static readonly TimeSpan LeastWait = TimeSpan.FromMilliseconds(1);

    private readonly CacheOptions _options = options.Value;

    public object? TryHit(CacheKey key, Type answer, CachePolicy policy, CacheReadOptions options)
    {
        if (options.ForceRefresh || options.After is not null || (policy.ReadFrom & CacheTiers.Memory) == 0)
        {
            return null;
        }

        var started = timings.StartMemoryRead(counters.HitsMemory);
        if (!memory.TryGet(key, out var entry))
        {
            return null;
        }

        var now = clock.NowOrLater;
        if (!entry.IsPlainlyFresh(now) || now >= follower.TrustedUntil || shelves.Judge(entry) != Validity.Valid || entry.Hit() is not { } hit || hit.GetType() != answer)
        {
            return null;
        }

        Count(entry);
        timings.MemoryHit(started);
        return hit;
    }

    public Task<Cached<T>> ReadAsync<TState, T>(
        CacheKey key,
        TState state,
        CacheLoader<TState, T> load,
        CachePolicy policy,
        IReadOnlyList<string> tags,
        CacheReadOptions options,
        CancellationToken cancellationToken)
    {
        if (!options.ForceRefresh && options.After is null && shelves.Peek<T>(key, policy) is { } entry && IsFresh(entry))
        {
            // More than a look: it slides, or is renewed behind the answer.
            shelves.Slide(entry, clock.Now);
            if (clock.Now >= entry.RefreshAt && entry.TryBeginRefresh())
            {
                RefreshBehind(key, state, load, policy, tags);
            }

            Count(entry);
            return entry.Hit().AsTask();
        }

        return AnswerAsync(key, state, load, policy, tags, options, cancellationToken);
    }

    public Task<CacheLookup<T>> GetAsync<T>(CacheKey key, CancellationToken cancellationToken) => GetAsync<T>(key, CachePolicy.Default, cancellationToken);

    /// <summary>Looks a value up in the tiers that a policy reads from.</summary>
    public async Task<CacheLookup<T>> GetAsync<T>(CacheKey key, CachePolicy policy, CancellationToken cancellationToken)
    {
        // The lease is taken before anything is read: what is written from here on makes a value that the caller sets out of date.
        var verified = await follower.VerifyAsync(cancellationToken).ConfigureAwait(false);
        var lease = follower.TakeLease();
        if (verified && policy.ReadFrom.HasFlag(CacheTiers.Memory) && shelves.Use<T>(key) is { } held && shelves.FreshPart(held) is { } fresh)
        {
            Count(fresh);
            shelves.Slide(fresh, clock.Now);
            return new(fresh.Answer(CacheSource.Memory), lease);
        }

        // He may load it now, and on what his value depends he says only when he sets it.
        verified = await follower.VerifyPastOwnWritesAsync(cancellationToken).ConfigureAwait(false);
        lease = follower.TakeLease();
        if (verified && (await shelves.ReadSharedAsync<T>(key, policy, cancellationToken).ConfigureAwait(false)).Entry is { } shared
            && ReferenceEquals(shelves.FreshPart(shared), shared) && clock.Now < follower.TrustedUntil)
        {
            shelves.Slide(shared, clock.Now);
            shelves.KeepShared(shared, policy.StoreIn);
            counters.HitsRedis.Increment();
            return new(shared.Answer(CacheSource.Redis), lease);
        }

        counters.Misses.Increment();
        return new(null, lease);
    }

    public async Task<Cached<T>?> GetStaleAsync<T>(CacheKey key, CancellationToken cancellationToken)
    {
        var verified = await follower.VerifyAsync(cancellationToken).ConfigureAwait(false);
        var held = shelves.Peek<T>(key);
        var shared = (await shelves.ReadSharedAsync<T>(key, CachePolicy.Default, cancellationToken).ConfigureAwait(false)).Entry;
        if (Shelves.Newest(held, shared) is not { } copy || !shelves.IsServableStale(copy))
        {
            return null;
        }

        var validity = shelves.Judge(copy);
        if (validity == Validity.Valid && clock.Now < copy.FreshUntil)
        {
            return verified
                ? copy.Answer(ReferenceEquals(copy, shared) ? CacheSource.Redis : CacheSource.Memory)
                : copy.Answer(CacheSource.Stale, StaleReason.Unverified);
        }

        return copy.Answer(CacheSource.Stale, verified ? null : StaleReason.Unverified, validity != Validity.Valid);
    }

    public async Task SetAsync<T>(
        CacheKey key, T value, CachePolicy policy, IReadOnlyList<string> tags, CacheLease? lease, CancellationToken cancellationToken)
    {
        tags = [.. tags];
        if (lease is null)
        {
            // A node that has not read the journal yet has no position to give as a lease, and one that has just written has one that lies before its write.
            await follower.VerifyAsync(key, tags, cancellationToken).ConfigureAwait(false);
        }

        // Of a lease that was taken before this node had read the journal, or of another journal, nothing is known: its epoch is over and it is not stored.
        var taken = lease ?? follower.TakeLease();
        var entry = entries.Create(key, LoadResult<T>.Complete(value), policy, tags, taken.Position, taken.Epoch, clock.Now, out var payload);
        if (taken.JournalId == follower.JournalId && !payload.IsEmpty && shelves.StoreInMemory(entry, null, policy.StoreIn))
        {
            await shelves.StoreSharedAsync(entry, payload, cancellationToken).ConfigureAwait(false);
        }
    }

    public Task<ConsistencyToken> ExpireAsync(CacheKey key, CancellationToken cancellationToken) =>
        InvalidateAsync([Invalidation.OfPattern(CachePattern.Exact(key))], "Expire", cancellationToken);

    public Task<ConsistencyToken> RemoveAsync(CacheKey key, CancellationToken cancellationToken) =>
        InvalidateAsync([Invalidation.Purge(CachePattern.Exact(key))], "Remove", cancellationToken);

    public Task<ConsistencyToken> InvalidateAsync(IReadOnlyList<Invalidation> invalidations, string command, CancellationToken cancellationToken) =>
        invalidator.InvalidateAsync(invalidations, command, cancellationToken);

    private async Task<Cached<T>> AnswerAsync<TState, T>(
        CacheKey key,
        TState state,
        CacheLoader<TState, T> load,
        CachePolicy policy,
        IReadOnlyList<string> tags,
        CacheReadOptions options,
        CancellationToken cancellationToken)
    {
        // A copy, before anything is waited for: what the caller does with his list later is no business of the entry.
        tags = tags.Count == 0 ? [] : [.. tags];
        var (answer, force, verified) = await ReadMemoryAsync<T>(key, tags, policy, options, cancellationToken).ConfigureAwait(false);
        if (answer is not null)
        {
            return answer;
        }

        var flight = flights.Join<T>(key, tags, force, verified, policy, out var isNew);
        if (!isNew)
        {
            counters.Coalesced.Increment();
            return await JoinAsync<TState, T>(flight, policy, cancellationToken).ConfigureAwait(false);
        }

        loader.Start(flight, state, load, policy, callerStays: !cancellationToken.CanBeCanceled);
        FlightOutcome<T>? found;
        try
        {
            found = await flight.FirstLookAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            counters.Misses.Increment();
            flights.Leave(flight, goOn: false);
            throw;
        }

        if (found is null)
        {
            return await WaitAsync(flight, policy, cancellationToken).ConfigureAwait(false);
        }

        flights.Leave(flight, goOn: false);
        return Count(found);
    }

    /// <summary>Makes sure that the node knows what the caller must see, and looks into memory once more.</summary>
    /// <returns>The answer, if memory has it; else whether the origin has to be read, and whether the node's knowledge is recent enough to judge by.</returns>
    private async ValueTask<(Cached<T>? Answer, bool Force, bool Verified)> ReadMemoryAsync<T>(
        CacheKey key, IReadOnlyList<string> tags, CachePolicy policy, CacheReadOptions options, CancellationToken cancellationToken)
    {
        using var span = CacheTracing.Start(CacheTracing.MemoryRead);
        var force = options.ForceRefresh;
        if (options.After is { } token && token.Position >= follower.Position)
        {
            // The write was committed before its token was known, so a read of the journal from now on sees it. Where none can be had, the origin does.
            force |= token == ConsistencyToken.Unknown || !await follower.TryCatchUpAsync(cancellationToken).ConfigureAwait(false);
        }

        var verified = await follower.VerifyAsync(key, tags, cancellationToken).ConfigureAwait(false);
        var answer = force ? null : FromMemory<T>(key, policy, verified);
        if (answer?.Freshness is { IsStale: true } stale)
        {
            span.Answer(stale.Source, stale.StaleReason, stale.Invalidated);
        }
        else
        {
            span.End(answer is null ? TierReadOutcome.Miss : TierReadOutcome.Hit);
        }

        return (answer, force, verified);
    }

    /// <summary>Waits for a load that somebody else began.</summary>
    private async Task<Cached<T>> JoinAsync<TState, T>(Flight<T> flight, CachePolicy policy, CancellationToken cancellationToken)
    {
        using var span = CacheTracing.Start(CacheTracing.Wait);
        span?.SetTag(CacheTelemetry.Query, typeof(TState).Name);
        var (started, outcome) = (timings.Start(), WaitOutcome.Failed);
        try
        {
            var answer = await WaitAsync(flight, policy, cancellationToken).ConfigureAwait(false);
            outcome = answer.Freshness.IsStale ? WaitOutcome.Stale : WaitOutcome.Answered;
            return answer;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            outcome = WaitOutcome.Left;
            throw;
        }
        finally
        {
            timings.Wait(started, outcome);
            span.End(outcome);
            if (flight.Span is { } load)
            {
                // At the end: when the wait begins, the load may not have begun to run.
                span?.AddLink(new ActivityLink(load.Context));
            }
        }
    }

    /// <summary>What memory can answer when the short way did not: a verified copy, a partial one, or one that is inside its life but cannot be verified.</summary>
    private Cached<T>? FromMemory<T>(CacheKey key, CachePolicy policy, bool verified)
    {
        if (shelves.Peek<T>(key, policy) is not { } entry || shelves.FreshPart(entry) is not { } fresh)
        {
            return null;
        }

        if (!verified)
        {
            return policy.AllowStale && !fresh.IsPartial ? Stale(fresh, StaleReason.Unverified) : null;
        }

        if (clock.Now >= fresh.MemoryUntil)
        {
            return null;
        }

        Count(fresh);
        shelves.Slide(fresh, clock.Now);
        return fresh.Answer(CacheSource.Memory);
    }

    private async Task<Cached<T>> WaitAsync<T>(Flight<T> flight, CachePolicy policy, CancellationToken cancellationToken)
    {
        var goOn = false;
        var soft = policy.SoftTimeout ?? _options.SoftTimeout;

        // A wait of less would be none at all: until there is a copy to answer with, it would hold the thread in a loop.
        soft = soft < LeastWait ? LeastWait : soft;
        try
        {
            while (policy.AllowStale && !flight.IsCompleted)
            {
                try
                {
                    await flight.Completion.WaitAsync(soft, clock.Provider, cancellationToken).ConfigureAwait(false);
                }
                catch (TimeoutException)
                {
                    if (flight.Copy is { } copy && shelves.IsExpiredByTimeAlone(copy))
                    {
                        goOn = true;
                        return Stale(copy, StaleReason.OriginTimeout);
                    }
                }
            }

            return Count(await flight.WaitAsync(cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            if (!goOn)
            {
                counters.Misses.Increment();
            }

            throw;
        }
        finally
        {
            flights.Leave(flight, goOn);
        }
    }

    private Cached<T> Count<T>(FlightOutcome<T> outcome)
    {
        switch (outcome.Source)
        {
            case CacheSource.Memory:
                counters.HitsMemory.Increment();
                break;
            case CacheSource.Redis:
                counters.HitsRedis.Increment();
                break;
            case CacheSource.Stale:
                counters.Misses.Increment();
                counters.CountStale(outcome.Reason ?? StaleReason.OriginError, outcome.Invalidated);
                if (logger.IsEnabled(LogLevel.Debug))
                {
                    LogStale(typeof(T).Name, outcome.Reason, explainer.Describe(outcome.Entry).Because);
                }
                break;
            default:
                counters.Misses.Increment();
                break;
        }

        return outcome.Answer();
    }

    private Cached<T> Stale<T>(CacheEntry<T> copy, StaleReason reason) => Count(new FlightOutcome<T>(copy, CacheSource.Stale, reason));

    private bool IsFresh(MemoryEntry entry)
    {
        var now = clock.Now;
        return now < entry.FreshUntil && now < entry.MemoryUntil && now < follower.TrustedUntil && shelves.Judge(entry) == Validity.Valid;
    }

    private void Count(MemoryEntry entry)
    {
        counters.HitsMemory.Increment();
        entry.CountHit();
    }

    private void RefreshBehind<TState, T>(CacheKey key, TState state, CacheLoader<TState, T> load, CachePolicy policy, IReadOnlyList<string> tags)
    {
        if (flights.TryDetached<T>(key, [.. tags], policy) is { } flight)
        {
            loader.Start(flight, state, load, policy, callerStays: false);
        }
    }

    [LoggerMessage(EventId = 3401, Level = LogLevel.Debug, Message = "A {Type} is answered with a stale copy: {Reason}. {Because}")]
    private partial void LogStale(string type, StaleReason? reason, string because);
}
