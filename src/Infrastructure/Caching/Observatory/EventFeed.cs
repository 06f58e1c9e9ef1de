using System.Globalization;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.CacheAdministration;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Caching.Journal;
using NeuroLab.Infrastructure.Resilience;

namespace NeuroLab.Infrastructure.Caching.Observatory;

/// <summary>
/// What happens on this node, in order, numbered from 1: invalidations as they are learnt of and changes of the circuit breakers. The last <see cref="Kept"/> are kept, once for all who watch: each
/// of them holds a number only, and one that reads too slowly finds that some are gone. Thread-safe.
/// </summary>
internal sealed class EventFeed
{
    /// <summary>How many events are kept.</summary>
    internal const int Kept = 1000;

    /// <summary>How many are read at once.</summary>
    internal const int Batch = 100;

    private const string Closed = "closed";
    private const char Separator = '-';

    private readonly Lock _gate = new();
    private readonly CacheEvent[] _kept = new CacheEvent[Kept];
    private readonly NodeIdentity _node;
    private readonly Watchers _watchers;
    private readonly TimeProvider _clock;
    private long _last;

    /// <summary>Begins to take notice.</summary>
    public EventFeed(NodeIdentity node, Watchers watchers, JournalFollower follower, IEnumerable<ObservedCircuit> circuits, TimeProvider clock)
    {
        (_node, _watchers, _clock) = (node, watchers, clock);
        follower.Learnt += (record, isOwn) => Add(ToEvent(record, isOwn));
        foreach (var circuit in circuits)
        {
            var from = circuit.State() ?? Closed;
            circuit.Watch?.Invoke(to => Add(new CircuitEvent(_clock.UtcNow(), circuit.Store, Interlocked.Exchange(ref from, to), to)));
        }
    }

    /// <summary>The number of the newest event; 0 where there is none.</summary>
    public long Last
    {
        get
        {
            lock (_gate)
            {
                return _last;
            }
        }
    }

    /// <summary>The id of an event: its number, and that of the node.</summary>
    public string IdOf(long number) => string.Create(CultureInfo.InvariantCulture, $"{_node.Id:D}{Separator}{number}");

    /// <summary>The number of an event of this node that there was, or of the beginning.</summary>
    public bool TryFind(string id, out long number)
    {
        var end = id.LastIndexOf(Separator);
        number = 0;
        return end > 0
            && Guid.TryParseExact(id.AsSpan(0, end), "D", out var node) && node == _node.Id
            && long.TryParse(id.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= Last;
    }

    /// <summary>The events after one, oldest first, <see cref="Batch"/> at most.</summary>
    /// <param name="after">The number of the last one that was read.</param>
    /// <returns>How many are not kept any more, and those that follow them.</returns>
    public (long Missed, IReadOnlyList<CacheEvent> Events) Read(long after)
    {
        lock (_gate)
        {
            var missed = Math.Max(0, _last - Kept - after);
            var first = after + missed + 1;
            var events = new CacheEvent[Math.Clamp(_last - first + 1, 0, Batch)];
            for (var i = 0; i < events.Length; i++)
            {
                events[i] = _kept[(first + i) % Kept];
            }

            return (missed, events);
        }
    }

    /// <summary>Adds an event.</summary>
    internal void Add(CacheEvent seen)
    {
        lock (_gate)
        {
            _last++;
            _kept[_last % Kept] = seen;
        }

        _watchers.Tell();
    }

    private InvalidationEvent ToEvent(JournalRecord record, bool isOwn)
    {
        var (now, invalidation) = (_clock.UtcNow(), record.Invalidation);
        var (kind, text) = invalidation.Target == InvalidationTarget.Tag ? (InvalidationKind.Tag, invalidation.Text)
            : Glob.IsLiteral(invalidation.Text, out var key) ? (InvalidationKind.Key, key)
            : (InvalidationKind.Pattern, invalidation.Text);
        return new InvalidationEvent(record.At, now, Math.Max(0, (now - record.At).TotalMilliseconds), kind, text, invalidation.IsPurge, record.Command, isOwn);
    }
}
