using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Journal;

namespace NeuroLab.Infrastructure.Caching.Engine;

/// <summary>The loads under way: at most one a key that new callers may join. In parts by the key, each with its lock, so that loads of different keys seldom wait for each other. Thread-safe.</summary>
internal sealed class FlightTable(InvalidationIndex index, JournalFollower follower, CacheClock clock, TimeSpan verificationWindow)
{
    private const int Parts = 32;

    private readonly Part[] _parts = [.. Enumerable.Range(0, Parts).Select(_ => new Part())];

    /// <summary>How many loads can be joined now.</summary>
    public int Count => _parts.Sum(part =>
    {
        lock (part.Gate)
        {
            return part.Flights.Count;
        }
    });

    /// <summary>Whether a load of a key is under way.</summary>
    public bool IsUnderWay(CacheKey key)
    {
        var part = PartOf(key);
        lock (part.Gate)
        {
            return part.Flights.ContainsKey(key);
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
        var part = PartOf(key);
        lock (part.Gate)
        {
            isNew = !(part.Flights.TryGetValue(key, out var running) && running is Flight<T>
                && running.AllowsStale == policy.AllowStale && running.ReadsFrom == policy.ReadFrom && MayJoin(running, tags, force, verified));
            var flight = isNew ? Make<T>(part, key, tags, force, policy) : (Flight<T>)running!;
            flight.Waiters++;
            return flight;
        }
    }

    /// <summary>Makes a load that nobody waits for, unless one is under way.</summary>
    public Flight<T>? TryDetached<T>(CacheKey key, IReadOnlyList<string> tags, CachePolicy policy)
    {
        var part = PartOf(key);
        lock (part.Gate)
        {
            if (part.Flights.ContainsKey(key))
            {
                return null;
            }

            var flight = Make<T>(part, key, tags, force: true, policy);
            flight.IsDetached = true;
            return flight;
        }
    }

    /// <summary>One who waited leaves. The last one ends the load, unless it was told to go on.</summary>
    /// <param name="flight">The load.</param>
    /// <param name="goOn">Whether the load is to go on without waiters.</param>
    public void Leave(Flight flight, bool goOn)
    {
        if (flight.HasEnded)
        {
            // Mostly so, and then nothing is left to count: no lock.
            return;
        }

        var part = PartOf(flight.Key);
        lock (part.Gate)
        {
            flight.IsDetached |= goOn;
            if (--flight.Waiters > 0 || flight.IsDetached || flight.IsAbandoned || flight.HasEnded)
            {
                return;
            }

            flight.Abandon();
            Forget(part, flight);
        }

        flight.Cancel();
    }

    /// <summary>The load has ended: nobody joins it any more.</summary>
    public void End(Flight flight)
    {
        var part = PartOf(flight.Key);
        lock (part.Gate)
        {
            flight.HasEnded = true;
            Forget(part, flight);
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

    private Flight<T> Make<T>(Part part, CacheKey key, IReadOnlyList<string> tags, bool force, CachePolicy policy)
    {
        var flight = new Flight<T>
        {
            Key = key,
            Tags = tags,
            // The epoch first: should it end in between, the lease is of one that is over. The one that stands while another journal is applied ends with that, after its position is there. The journal's id, for which a lock is taken, no load needs.
            Epoch = follower.Epoch,
            Lease = follower.Position,
            StartedAt = clock.Now,
            IsForced = force,
            AllowsStale = policy.AllowStale,
            ReadsFrom = policy.ReadFrom,
            TakesNoTurn = force || part.Flights.ContainsKey(key),
        };
        part.Flights[key] = flight;
        return flight;
    }

    private static void Forget(Part part, Flight flight)
    {
        if (part.Flights.TryGetValue(flight.Key, out var known) && ReferenceEquals(known, flight))
        {
            part.Flights.Remove(flight.Key);
        }
    }

    // Not by the bits by which a dictionary of a part finds its place.
    private Part PartOf(CacheKey key) => _parts[(key.GetHashCode() >>> 16) & (Parts - 1)];

    private sealed class Part
    {
        public Lock Gate { get; } = new();

        public Dictionary<CacheKey, Flight> Flights { get; } = [];
    }
}
