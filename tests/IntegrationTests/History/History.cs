namespace NeuroLab.IntegrationTests.History;

/// <summary>An operation that a node did.</summary>
internal sealed record Event(int Node, Op Op, Result Result);

/// <summary>What one committed write did to one register.</summary>
internal readonly record struct Effect(int Register, long Version, bool Purge);

/// <summary>What happened: what the nodes answered, what the writes did, and when what they did was seen to be committed. Thread-safe while it is being written.</summary>
internal sealed class History
{
    private readonly Lock _gate = new();
    private readonly List<Event> _events = [];
    private readonly Dictionary<long, List<Effect>> _effects = [];
    private readonly List<(long Time, long Version)>[] _seen = [.. Enumerable.Range(0, Register.Count).Select(_ => new List<(long, long)>())];

    /// <summary>What the nodes did, in no particular order.</summary>
    public IReadOnlyList<Event> Events => _events;

    /// <summary>What each committed write did, by its token.</summary>
    public IReadOnlyDictionary<long, List<Effect>> Effects => _effects;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _events.Count;
            }
        }
    }

    /// <summary>When a register was seen at a version for the first time, in the order of both.</summary>
    public IReadOnlyList<(long Time, long Version)> Seen(int register) => _seen[register];

    public void Add(int node, IReadOnlyList<Op> operations, IReadOnlyList<Result> results)
    {
        lock (_gate)
        {
            for (var i = 0; i < results.Count; i++)
            {
                _events.Add(new Event(node, operations[i], results[i]));
            }
        }
    }

    /// <summary>Notes that a version was committed by then. One caller at a time, in the order of time.</summary>
    public void AddSeen(long time, int register, long version)
    {
        var seen = _seen[register];
        if (seen.Count == 0 || seen[^1].Version < version)
        {
            seen.Add((time, version));
        }
    }

    /// <summary>Notes what a write did; again does no harm.</summary>
    public void AddEffect(long token, Effect effect)
    {
        if (!_effects.TryGetValue(token, out var effects))
        {
            _effects[token] = effects = [];
        }

        if (!effects.Contains(effect))
        {
            effects.Add(effect);
        }
    }
}
