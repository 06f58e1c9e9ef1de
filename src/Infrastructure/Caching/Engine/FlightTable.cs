using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Journal;

namespace NeuroLab.Infrastructure.Caching.Engine;

/// <summary>The loads under way: at most one a key that new callers may join. Thread-safe.</summary>
internal sealed class FlightTable(InvalidationIndex index, JournalFollower follower, CacheClock clock, TimeSpan verificationWindow)
{
    private readonly Dictionary<CacheKey, Flight> _flights = [];
    private readonly Lock _gate = new();

    /// <summary>How many loads can be joined now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _flights.Count;
            }
        }
    }

    /// <summary>Whether a load of a key is under way.</summary>
    public bool IsUnderWay(CacheKey key)
    {
        lock (_gate)
        {
            return _flights.ContainsKey(key);
        }
    }

    /// <summary>
    /// Joins the load under way for a key, or makes one. A load is joined only if nothing that this caller must see can have been written after its lease.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="tags">The tags.</param>
    /// <param name="force">Whether the origin has to be read after this call.</param>
    /// <param name="verified">Whether the node's knowledge of the journal is recent enough to judge by.</param>
    /// <param name="policy">Whether a stale copy may answer this caller, and from which tiers.</param>
    /// <param name="isNew">Whether the caller has to start it.</param>
    public Flight<T> Join<T>(CacheKey key, IReadOnlyList<string> tags, bool force, bool verified, CachePolicy policy, out bool isNew)
    {
        lock (_gate)
        {
            isNew = !(_flights.TryGetValue(key, out var running) && running is Flight<T>
                && running.AllowsStale == policy.AllowStale && running.ReadsFrom == policy.ReadFrom && MayJoin(running, tags, force, verified));
            var flight = isNew ? Make<T>(key, tags, force, policy) : (Flight<T>)running!;
            flight.Waiters++;
            return flight;
        }
    }

    /// <summary>Makes a load that nobody waits for, unless one is under way.</summary>
    public Flight<T>? TryDetached<T>(CacheKey key, IReadOnlyList<string> tags, CachePolicy policy)
    {
        lock (_gate)
        {
            if (_flights.ContainsKey(key))
            {
                return null;
            }

            var flight = Make<T>(key, tags, force: true, policy);
            flight.IsDetached = true;
            return flight;
        }
    }

    /// <summary>One who waited leaves. The last one ends the load, unless it was told to go on.</summary>
    /// <param name="flight">The load.</param>
    /// <param name="goOn">Whether the load is to go on without waiters.</param>
    public void Leave(Flight flight, bool goOn)
    {
        lock (_gate)
        {
            flight.IsDetached |= goOn;
            if (--flight.Waiters > 0 || flight.IsDetached || flight.IsAbandoned || flight.HasEnded)
            {
                return;
            }

            flight.Abandon();
            Forget(flight);
        }

        flight.Cancel();
    }

    /// <summary>The load has ended: nobody joins it any more.</summary>
    public void End(Flight flight)
    {
        lock (_gate)
        {
            flight.HasEnded = true;
            Forget(flight);
        }
    }

    private bool MayJoin(Flight flight, IReadOnlyList<string> tags, bool force, bool verified)
    {
        if (flight.IsAbandoned || (force && (flight.IsReading || !flight.IsForced)))
        {
            return false;
        }

        // Where the journal cannot be read, a write that this caller must see shows only in the time of the load: one acknowledged by this node
        // since then, or committed anywhere longer ago than the window.
        return verified || (flight.StartedAt > follower.DistrustedAt && clock.Now - flight.StartedAt < verificationWindow.Ticks)
            // By the caller's tags as well, where the load has not the same.
            ? index.Judge(flight.Key, flight.Tags, flight.Lease, flight.Epoch) == Validity.Valid
                && (tags.SequenceEqual(flight.Tags) || index.Judge(flight.Key, tags, flight.Lease, flight.Epoch) == Validity.Valid)
            : false;
    }

    private Flight<T> Make<T>(CacheKey key, IReadOnlyList<string> tags, bool force, CachePolicy policy)
    {
        var flight = new Flight<T>
        {
            Key = key,
            Tags = tags,
            // The epoch first: should it end in between, the lease is of one that is over.
            Epoch = follower.Epoch,
            Lease = follower.Position,
            StartedAt = clock.Now,
            IsForced = force,
            AllowsStale = policy.AllowStale,
            ReadsFrom = policy.ReadFrom,
            TakesNoTurn = force || _flights.ContainsKey(key),
        };
        _flights[key] = flight;
        return flight;
    }

    private void Forget(Flight flight)
    {
        if (_flights.TryGetValue(flight.Key, out var known) && ReferenceEquals(known, flight))
        {
            _flights.Remove(flight.Key);
        }
    }
}
