namespace NeuroLab.Application.CacheAdministration;

/// <summary>Where this node's cache can be watched from. Thread-safe.</summary>
public interface ICacheObservatory
{
    /// <summary>Begins to watch. What happens from now on is seen, whenever it is read.</summary>
    /// <param name="lastEventId">
    /// The id of the last event that was seen: the next one follows. Of another node, of an earlier start, or none at all: a <see cref="GapEvent"/> says so. Null or empty: nothing was seen before.
    /// </param>
    ICacheWatch Watch(string? lastEventId);
}

/// <summary>What one watcher sees. Read once, by one reader.</summary>
public interface ICacheWatch
{
    /// <summary>
    /// How the nodes are, at once and then every second, and the events between. Holds nothing for a reader that is slow: of the nodes it sees the newest, and events that are not kept any more are a
    /// <see cref="GapEvent"/>. Costs nothing before it is read.
    /// </summary>
    /// <param name="cancellationToken">Ends it, without an exception.</param>
    IAsyncEnumerable<WatchedEvent> ReadAllAsync(CancellationToken cancellationToken);
}

/// <summary>Something that a watcher sees.</summary>
/// <param name="Id">By what the watch can be resumed after it; null where it changes nothing in that.</param>
/// <param name="Event">What it is.</param>
public sealed record WatchedEvent(string? Id, CacheEvent Event);
