using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Caching.Diagnostics;
using NeuroLab.Infrastructure.Caching.Journal;

namespace NeuroLab.Infrastructure.Caching.Engine;

/// <summary>
/// Flies a load: Redis, then the origin, then, where the origin fails for a while, the stale copy. It runs apart from the callers, in a scope of its own and without anything of
/// the first caller's context. Thread-safe.
/// </summary>
internal sealed partial class Loader(
    Shelves shelves,
    FlightTable flights,
    LoadTurn turns,
    JournalFollower follower,
    EntryFactory entries,
    Explainer explainer,
    CacheCounters counters,
    CacheTimings timings,
    CacheClock clock,
    IServiceScopeFactory scopes,
    IOptions<CacheOptions> options,
    ILogger<Loader> logger)
{
    /// <summary>The context of a thread that has none.</summary>
    private static readonly ExecutionContext Nobody = CaptureNothing();

    private readonly CacheOptions _options = options.Value;

    /// <summary>
    /// Starts a load: asks Redis from the caller's thread, which it does not hold up, and goes on elsewhere. It ends by completing the flight, whatever happens. Of the caller's context the
    /// load has the ids of its trace alone.
    /// </summary>
    /// <param name="flight">The load.</param>
    /// <param name="state">What the loader is given.</param>
    /// <param name="load">Asks the origin.</param>
    /// <param name="policy">How the value lives.</param>
    /// <param name="callerStays">
    /// Whether the caller cannot give up: then, where there is no copy to answer him with sooner, the loader begins on his thread, and a value that is there at once costs no other one.
    /// </param>
    public void Start<TState, T>(Flight<T> flight, TState state, CacheLoader<TState, T> load, CachePolicy policy, bool callerStays) =>
        ExecutionContext.Run(
            Nobody,
            static begun => Begin((Run<TState, T>)begun!),
            new Run<TState, T>(this, flight, state, load, policy, callerStays && IsNobodysThread, Activity.Current?.Context ?? default));

    /// <summary>Whether what awaits on this thread goes on on the pool.</summary>
    private static bool IsNobodysThread => SynchronizationContext.Current is null && TaskScheduler.Current == TaskScheduler.Default;

    private static void Begin<TState, T>(Run<TState, T> run)
    {
        var flying = run.Loader.FlyAsync(run);
        if (flying.IsCompletedSuccessfully)
        {
            run.Flight.EndFirstLook(flying.Result);
        }
        else
        {
            _ = EndAsync(run.Flight, flying);
        }
    }

    private static async Task EndAsync<T>(Flight<T> flight, ValueTask<FlightOutcome<T>?> flying)
    {
        var found = await flying.ConfigureAwait(false);

        // The last act: the caller who waits goes on from in here.
        flight.EndFirstLook(found);
    }

    /// <summary>Flies.</summary>
    /// <returns>The answer that the first look found; null where it found none.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlightOutcome<T>?> FlyAsync<TState, T>(Run<TState, T> run)
    {
        var (flight, state, load, policy) = (run.Flight, run.State, run.Load, run.Policy);
        using var span = CacheTracing.StartLoad(run.Parent);
        flight.Span = span?.SetTag(CacheTelemetry.Query, typeof(TState).Name);
        try
        {
            var here = Environment.CurrentManagedThreadId;
            var look = FindCopyAsync(flight, policy, again: false);

            // Redis is not asked, or has answered already: the caller waits for the end of this, on this thread.
            var isCallersThread = look.IsCompleted;
            var outcome = await look.ConfigureAwait(false);
            if (outcome is not null)
            {
                flights.End(flight);
                flight.Succeed(outcome);
                return outcome;
            }

            flight.BeginsOnCallersThread = isCallersThread && run.CallerStays && flight.Copy is null && !flight.RedisAnswers;
            if (!flight.BeginsOnCallersThread)
            {
                flight.EndFirstLook(null);
                if (isCallersThread || Environment.CurrentManagedThreadId == here)
                {
                    // The origin's code is not for the thread of a caller who may leave it behind. By its number too: Redis may have answered just after it was looked whether it had.
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                }
            }

            if (flight.IsCancelled)
            {
                throw new OperationCanceledException(flight.Abandoned);
            }

            // Whoever forces a load wants one of his own, a Redis that does not answer is not asked a second time, and what is not kept there is not waited for.
            var turn = flight.TakesNoTurn || !flight.RedisAnswers || !policy.StoreIn.HasFlag(CacheTiers.Redis)
                ? default
                : await TakeTurnAsync(flight, policy).ConfigureAwait(false);
            if (turn.Found is null)
            {
                await LoadAsync(flight, state, load, policy, turn.Owner).ConfigureAwait(false);
                return null;
            }

            flights.End(flight);
            flight.Succeed(turn.Found);
        }
        catch (OperationCanceledException) when (flight.IsCancelled)
        {
            flights.End(flight);
            flight.GiveUp();
        }
#pragma warning disable CA1031 // It reaches every waiter.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            flights.End(flight);
            flight.Fail(exception);
        }

        return null;
    }

    private async ValueTask<(FlightOutcome<T>? Found, Guid? Owner)> TakeTurnAsync<T>(Flight<T> flight, CachePolicy policy)
    {
        using var span = CacheTracing.Start(CacheTracing.Turn);
        return await turns.TakeAsync(flight, () => FindCopyAsync(flight, policy, again: true)).ConfigureAwait(false);
    }

    /// <summary>An answer that needs no load: a fresh copy in Redis, one in memory that Redis could not renew, or a stale one while loads are throttled.</summary>
    private ValueTask<FlightOutcome<T>?> FindCopyAsync<T>(Flight<T> flight, CachePolicy policy, bool again)
    {
        var held = Shelves.Newest(shelves.Peek<T>(flight.Key, policy), null);
        if (flight.IsForced)
        {
            flight.Copy = held;
            return default;
        }

        // Not with the flight's token: it is a short wait, and what comes of it is worth keeping although the last caller has hung up.
        var looking = again
            ? shelves.LookAgainAsync<T>(flight.Key, policy, CancellationToken.None)
            : shelves.ReadSharedAsync<T>(flight.Key, policy, CancellationToken.None);
        return looking.IsCompletedSuccessfully ? new(Choose(flight, policy, held, looking.Result)) : ChooseAsync(flight, policy, held, looking);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlightOutcome<T>?> ChooseAsync<T>(Flight<T> flight, CachePolicy policy, CacheEntry<T>? held, ValueTask<SharedCopy<T>> looking) =>
        Choose(flight, policy, held, await looking.ConfigureAwait(false));

    private FlightOutcome<T>? Choose<T>(Flight<T> flight, CachePolicy policy, CacheEntry<T>? held, SharedCopy<T> look)
    {
        (var shared, flight.RedisAnswers, flight.RedisMiss) = look;
        var copy = Shelves.Newest(held, shared);
        flight.Copy = copy;
        if (copy is null)
        {
            return null;
        }

        var verified = clock.Now < follower.TrustedUntil;
        if (ReferenceEquals(shelves.FreshPart(copy), copy) && (verified || policy.AllowStale))
        {
            if (verified)
            {
                shelves.Slide(copy, clock.Now);
            }

            if (ReferenceEquals(copy, shared))
            {
                shelves.KeepShared(copy, policy.StoreIn);
                return verified
                    ? new FlightOutcome<T>(copy, CacheSource.Redis)
                    : new FlightOutcome<T>(copy, CacheSource.Stale, StaleReason.Unverified);
            }

            // Still fresh by its own time; Redis, that memory's cap wants asked again, has nothing newer.
            shelves.KeepShared(copy.With(copy.Partial, entries.RenewedMemoryUntil(policy)), policy.StoreIn);
            return verified
                ? new FlightOutcome<T>(copy, CacheSource.Memory)
                : new FlightOutcome<T>(copy, CacheSource.Stale, StaleReason.Unverified);
        }

        return policy.AllowStale && clock.Now < copy.ThrottledUntil && shelves.IsExpiredByTimeAlone(copy)
            ? new FlightOutcome<T>(copy, CacheSource.Stale, copy.ThrottleReason)
            : null;
    }

    private async ValueTask LoadAsync<TState, T>(Flight<T> flight, TState state, CacheLoader<TState, T> load, CachePolicy policy, Guid? owner)
    {
        try
        {
            counters.Loads.Increment();
            if (logger.IsEnabled(LogLevel.Debug))
            {
                LogLoads(typeof(T).Name, WhyLoaded(flight));
            }

            var loadedAt = clock.Now;
            flight.IsReading = true;
            LoadResult<T> result;
            try
            {
                result = await CallOriginAsync(flight, state, load, policy.HardTimeout ?? _options.HardTimeout).ConfigureAwait(false);
            }
            catch (Exception exception) when (!flight.IsCancelled)
            {
                if (TransientReason(exception) is not { } reason)
                {
                    throw;
                }

                LogLoadFailed(typeof(T).Name, reason);
                FallBack(flight, policy, reason, exception);
                return;
            }

            var storing = result.Policy ?? policy;
            var entry = entries.Create(flight.Key, result, storing, flight.Tags, flight.Lease, flight.Epoch, loadedAt, out var payload);
            CountIfNotStored(entry, payload.IsEmpty, storing);
            var share = !payload.IsEmpty && shelves.StoreInMemory(entry, flight.Copy, storing.StoreIn);
            flights.End(flight);
            var outcome = new FlightOutcome<T>(entry, CacheSource.Origin);
            flight.Succeed(outcome);
            flight.EndFirstLook(outcome);
            if (share)
            {
                // After the answer: a Redis that hangs costs no caller anything.
                await shelves.StoreSharedAsync(entry, payload, CancellationToken.None).ConfigureAwait(false);
            }
        }
        finally
        {
            // After the value is there for the nodes that wait for it.
            if (owner is { } mine)
            {
                await turns.GiveBackAsync(flight.Key, mine).ConfigureAwait(false);
            }
        }
    }

    private void FallBack<T>(Flight<T> flight, CachePolicy policy, StaleReason reason, Exception exception)
    {
        var copy = Shelves.Newest(flight.Copy, shelves.Peek<T>(flight.Key, policy));
        flights.End(flight);
        if (!policy.AllowStale || copy is null || !shelves.IsServableStale(copy))
        {
            flight.Fail(exception as OriginUnavailableException ?? new OriginUnavailableException(reason, inner: exception));
            return;
        }

        copy.Throttle(clock.Now + entries.Jittered(policy.FailureThrottle ?? _options.FailureThrottle, policy).Ticks, reason);
        if (!ReferenceEquals(copy, shelves.Peek<T>(flight.Key)))
        {
            shelves.KeepShared(copy, policy.StoreIn);
        }

        flight.Succeed(new FlightOutcome<T>(copy, CacheSource.Stale, reason, shelves.Judge(copy) != Validity.Valid));
    }

    private string WhyLoaded<T>(Flight<T> flight) => flight switch
    {
        { IsForced: true, IsDetached: true } => "It is renewed before its time to live is over.",
        { IsForced: true } => "The origin is wanted, whatever is cached: it was asked for, or the journal could not be read for a write that the caller must see.",
        { Copy: { } copy } => explainer.Describe(copy).Because,
        _ when shelves.Peek<T>(flight.Key) is { } partial => explainer.Describe(partial).Because,
        _ => flight.RedisMiss ?? "Nothing is cached.",
    };

    private void CountIfNotStored<T>(CacheEntry<T> entry, bool isNotSerializable, CachePolicy storing)
    {
        if (storing.StoreIn == CacheTiers.None)
        {
            return;
        }

        if (isNotSerializable)
        {
            counters.NotStored.Increment((int)NotStoredReason.NotSerializable);
        }
        else if (shelves.Judge(entry) != Validity.Valid)
        {
            counters.NotStored.Increment((int)NotStoredReason.Overtaken);
        }
    }

    /// <summary>Calls the origin, and counts, measures and traces how that ended.</summary>
    private async ValueTask<LoadResult<T>> CallOriginAsync<TState, T>(Flight<T> flight, TState state, CacheLoader<TState, T> load, TimeSpan hardTimeout)
    {
        using var span = CacheTracing.Start(CacheTracing.Origin);
        var (started, outcome) = (timings.Start(), LoadOutcome.Abandoned);
        try
        {
            using var timeout = new CancellationTokenSource(hardTimeout, clock.Provider);

            // A load that begins on its caller's thread is not abandoned: he stays.
            using var either = flight.BeginsOnCallersThread ? null : CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, flight.Abandoned);
            var token = (either ?? timeout).Token;
            var loading = InScopeAsync(state, load, token);
            var result = loading.IsCompletedSuccessfully ? loading.Result : await WaitAsync(flight, loading, timeout, token).ConfigureAwait(false);
            outcome = result.IsPartial ? LoadOutcome.Partial : LoadOutcome.Ok;
            return result;
        }
        catch (Exception exception) when (!flight.IsCancelled)
        {
            (var failure, outcome) = TransientReason(exception) switch
            {
                StaleReason.OriginError => (LoadFailure.OriginError, LoadOutcome.OriginError),
                StaleReason.OriginTimeout => (LoadFailure.OriginTimeout, LoadOutcome.OriginTimeout),
                StaleReason.CircuitOpen => (LoadFailure.CircuitOpen, LoadOutcome.CircuitOpen),
                _ => (LoadFailure.Other, LoadOutcome.Other),
            };
            counters.LoadFailures.Increment((int)failure);
            span?.SetStatus(ActivityStatusCode.Error);
            throw;
        }
        finally
        {
            timings.Load(started, outcome);
            span.End(outcome);
        }
    }

    /// <summary>Waits for the origin until the load's time is up, or nobody wants it any more.</summary>
    private static async ValueTask<LoadResult<T>> WaitAsync<T>(Flight<T> flight, ValueTask<LoadResult<T>> loading, CancellationTokenSource timeout, CancellationToken token)
    {
        // From here on the caller who began it too is one of those who wait.
        flight.EndFirstLook(null);
        try
        {
            // Not only the token: a load that does not heed it is left behind, and its scope lives until it ends.
            return await loading.AsTask().WaitAsync(token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (timeout.IsCancellationRequested && !flight.IsCancelled)
        {
            throw new TimeoutException("The load took longer than its hard timeout.", exception);
        }
    }

    private async ValueTask<LoadResult<T>> InScopeAsync<TState, T>(TState state, CacheLoader<TState, T> load, CancellationToken cancellationToken)
    {
        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            return await load(state, scope.ServiceProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private static ExecutionContext CaptureNothing()
    {
        ExecutionContext? captured = null;
        var thread = new Thread(() => captured = ExecutionContext.Capture());
        thread.UnsafeStart();
        thread.Join();
        return captured!;
    }

    private static StaleReason? TransientReason(Exception exception) => exception switch
    {
        OriginUnavailableException unavailable => unavailable.Reason,
        TimeoutException => StaleReason.OriginTimeout,
        _ => null,
    };

    [LoggerMessage(EventId = 3202, Level = LogLevel.Debug, Message = "A {Type} is loaded. {Because}")]
    private partial void LogLoads(string type, string because);

    [LoggerMessage(EventId = 3201, Level = LogLevel.Warning, Message = "A load of {Type} failed: {Reason}.")]
    private partial void LogLoadFailed(string type, StaleReason reason);

    private sealed record Run<TState, T>(
        Loader Loader, Flight<T> Flight, TState State, CacheLoader<TState, T> Load, CachePolicy Policy, bool CallerStays, ActivityContext Parent);
}
