using System.Runtime.CompilerServices;
using NeuroLab.Application.CacheAdministration;

namespace NeuroLab.Infrastructure.Caching.Observatory;

/// <inheritdoc />
internal sealed class CacheObservatory(EventFeed feed, NodeBoard board, Watchers watchers) : ICacheObservatory
{
    public ICacheWatch Watch(string? lastEventId)
    {
        var isNew = string.IsNullOrEmpty(lastEventId);
        var after = 0L;
        var isKnown = !isNew && feed.TryFind(lastEventId!, out after);
        return new CacheWatch(feed, board, watchers, isKnown ? after : feed.Last, isLost: !isNew && !isKnown);
    }
}

/// <inheritdoc />
/// <param name="feed">The events.</param>
/// <param name="board">The nodes.</param>
/// <param name="watchers">By whom it is told that there is something to see.</param>
/// <param name="after">The number of the event after which it begins.</param>
/// <param name="isLost">Whether it is not known what was missed before.</param>
internal sealed class CacheWatch(EventFeed feed, NodeBoard board, Watchers watchers, long after, bool isLost) : ICacheWatch
{
    public async IAsyncEnumerable<WatchedEvent> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Before anything is looked at: what comes between a look and the wait is told.
        using var watcher = watchers.Add();
        var number = after;
        var shown = board.Latest;

        // With the id of where it begins, so that a watch that is cut off before its first event is resumed from there all the same.
        yield return new WatchedEvent(feed.IdOf(number), board.Look());
        if (isLost)
        {
            yield return new WatchedEvent(null, new GapEvent(null));
        }

        do
        {
            int read;
            do
            {
                var (missed, events) = feed.Read(number);
                if (missed > 0)
                {
                    number += missed;
                    yield return new WatchedEvent(null, new GapEvent(missed));
                }

                foreach (var one in events)
                {
                    number++;
                    yield return new WatchedEvent(feed.IdOf(number), one);
                }

                if (board.Latest is { } latest && latest != shown)
                {
                    shown = latest;
                    yield return new WatchedEvent(null, latest);
                }

                read = events.Count;
            }
            while (read > 0 && !cancellationToken.IsCancellationRequested);
        }
        while (await watcher.WaitAsync(cancellationToken).ConfigureAwait(false));
    }
}
