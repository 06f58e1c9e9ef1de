using Microsoft.Extensions.Options;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Infrastructure.Caching.Engine;

/// <summary>
/// One load across nodes: the node that has the key's lock loads, the others wait for its value. A lock that is stuck or lost costs an extra load, and
/// a wait of its bound at most. Thread-safe.
/// </summary>
internal sealed class LoadTurn(ILoadLock locks, CacheClock clock, IOptions<CacheOptions> options)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly TimeSpan _bound = options.Value.LoadLock;

    /// <summary>
    /// A lock whose owner died ends after half of the time that others wait for it: the other half is for the load of the one who takes it up, so that the
    /// rest find its value instead of giving up, all at once, just as the lock ends.
    /// </summary>
    private readonly TimeSpan _expiry = options.Value.LoadLock / 2;

    /// <summary>Waits for this node's turn to load, or for the value that another node loads.</summary>
    /// <param name="flight">The load.</param>
    /// <param name="find">Looks for the value.</param>
    /// <returns>The value that was found; or the lock to give back after the load; or neither, where there is no lock to be had.</returns>
    public async ValueTask<(FlightOutcome<T>? Found, Guid? Owner)> TakeAsync<T>(Flight<T> flight, Func<ValueTask<FlightOutcome<T>?>> find)
    {
        var giveUpAt = clock.Now + _bound.Ticks;
        while (true)
        {
            // Not with the flight's token: a lock that is taken while the last caller hangs up would be nobody's.
            flight.Abandoned.ThrowIfCancellationRequested();
            var attempt = await locks.TryTakeAsync(flight.Key, _expiry, CancellationToken.None).ConfigureAwait(false);
            if (attempt.Outcome == LoadLockOutcome.Unavailable)
            {
                return (null, null);
            }

            if (attempt.Outcome == LoadLockOutcome.Taken)
            {
                return await FindOnceMoreAsync(flight.Key, attempt.Owner, find).ConfigureAwait(false);
            }

            if (clock.Now >= giveUpAt)
            {
                return (null, null);
            }

            await Task.Delay(Poll, clock.Provider, flight.Abandoned).ConfigureAwait(false);
            if (await find().ConfigureAwait(false) is { } found)
            {
                return (found, null);
            }
        }
    }

    /// <summary>Gives the lock back.</summary>
    public ValueTask GiveBackAsync(CacheKey key, Guid owner) => locks.ReleaseAsync(key, owner);

    /// <summary>Looks again with the lock in hand: its last owner may have stored the value since it was looked for.</summary>
    private async ValueTask<(FlightOutcome<T>? Found, Guid? Owner)> FindOnceMoreAsync<T>(CacheKey key, Guid owner, Func<ValueTask<FlightOutcome<T>?>> find)
    {
        FlightOutcome<T>? found = null;
        var loads = false;
        try
        {
            found = await find().ConfigureAwait(false);
            loads = found is null;
        }
        finally
        {
            if (!loads)
            {
                await GiveBackAsync(key, owner).ConfigureAwait(false);
            }
        }

        return (found, loads ? owner : null);
    }
}
