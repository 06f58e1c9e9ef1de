namespace NeuroLab.IntegrationTests.FaultBench;

/// <summary>A write as its client knows it. Times are <see cref="System.Diagnostics.Stopwatch"/> ticks.</summary>
internal sealed class Write(int node, long begun)
{
    /// <summary>The node that it was sent to.</summary>
    public int Node { get; } = node;

    /// <summary>When it was sent. Its effect may be seen from then on.</summary>
    public long Begun { get; } = begun;

    /// <summary>When its client was told that it is done; never, where he was told anything else: then it may have happened or not.</summary>
    public long AcknowledgedAt { get; set; } = long.MaxValue;

    /// <summary>The consistency token that came with the acknowledgement.</summary>
    public string? Token { get; set; }

    public bool IsAcknowledged => AcknowledgedAt != long.MaxValue;
}

/// <summary>One experiment of a user: created once, renamed once at most, deleted once at most. All of that commutes, so it does not matter in which order unknown outcomes happen.</summary>
internal sealed class Item(Write created, string name)
{
    /// <summary>Its id; none while its creation was not acknowledged.</summary>
    public Guid? Id { get; set; }

    public Write Created { get; } = created;

    public string Name { get; } = name;

    public Write? Renamed { get; set; }

    public string? NewName { get; set; }

    public Write? Deleted { get; set; }
}

/// <summary>What a read may see: between what it must and what it can. Taken when it ends.</summary>
internal readonly record struct ReadView(int Node, long Begun, long Ended, string? Token, long Window)
{
    /// <summary>Whether a fresh answer has to show a write: this node acknowledged it before, its token was sent along, or it is longer ago than the window.</summary>
    public bool Must(Write? write) => write is { IsAcknowledged: true }
        && ((write.Node == Node && write.AcknowledgedAt < Begun) || (Token is not null && write.Token == Token) || write.AcknowledgedAt < Begun - Window);

    /// <summary>Whether an answer can show a write.</summary>
    public bool Can(Write? write) => write is not null && write.Begun < Ended;
}

/// <summary>The writes of one user. Thread-safe.</summary>
internal sealed class Ledger
{
    private readonly Lock _gate = new();
    private readonly List<Item> _items = [];
    private long _lastWrite;
    private int _forgotten;
    private Write? _lastAcknowledged;

    /// <summary>When the last write was sent.</summary>
    public long LastWrite => Volatile.Read(ref _lastWrite);

    /// <summary>The write that was acknowledged last.</summary>
    public Write? LastAcknowledged => Volatile.Read(ref _lastAcknowledged);

    /// <summary>Notes an experiment that is there from the beginning.</summary>
    public void AddSettled(Guid id)
    {
        lock (_gate)
        {
            _items.Add(new Item(new Write(-1, 0) { AcknowledgedAt = 1 }, "") { Id = id });
        }
    }

    /// <summary>Notes that an experiment is about to be created.</summary>
    public Item Create(int node, long begun, string name)
    {
        var item = new Item(new Write(node, begun), name);
        lock (_gate)
        {
            _items.Add(item);
            _lastWrite = begun;
        }

        return item;
    }

    /// <summary>Chooses an experiment that was not renamed or deleted yet and notes that it is about to be.</summary>
    /// <returns>Null where there is none.</returns>
    public Item? Change(int node, long begun, bool delete, string newName, Random random)
    {
        lock (_gate)
        {
            var free = _items.Where(item => item.Id is not null && item.Deleted is null && (delete || item.Renamed is null)).ToList();
            if (free.Count <= 2)
            {
                return null;
            }

            var item = free[random.Next(free.Count)];
            var write = new Write(node, begun);
            if (delete)
            {
                item.Deleted = write;
            }
            else
            {
                (item.Renamed, item.NewName) = (write, newName);
            }

            _lastWrite = begun;
            return item;
        }
    }

    /// <summary>Notes that a write was acknowledged.</summary>
    public void Acknowledge(Write write, long at, string? token, Item item, Guid? id = null)
    {
        lock (_gate)
        {
            (write.AcknowledgedAt, write.Token, item.Id) = (at, token, id ?? item.Id);
            Volatile.Write(ref _lastAcknowledged, write);
        }
    }

    /// <summary>Notes that a write certainly did not happen.</summary>
    public void Withdraw(Write write, Item item)
    {
        lock (_gate)
        {
            if (write == item.Created)
            {
                _items.Remove(item);
            }
            else if (write == item.Deleted)
            {
                item.Deleted = null;
            }
            else
            {
                (item.Renamed, item.NewName) = (null, null);
            }
        }
    }

    /// <summary>The id of some experiment that has one.</summary>
    public Guid? AnyId(Random random)
    {
        lock (_gate)
        {
            return _items[random.Next(_items.Count)].Id;
        }
    }

    /// <summary>How many experiments there are to see: at least, and at most.</summary>
    public (int Least, int Most) Count(ReadView view)
    {
        var (least, most) = (0, 0);
        lock (_gate)
        {
            foreach (var item in _items)
            {
                least += view.Must(item.Created) && !view.Can(item.Deleted) ? 1 : 0;
                most += view.Can(item.Created) && !view.Must(item.Deleted) ? 1 : 0;
            }
        }

        return (least, most);
    }

    /// <summary>How many experiments there were at any time: at least, and at most. No answer of this user's, however old, shows others.</summary>
    public (int Fewest, int All) CountEver()
    {
        lock (_gate)
        {
            return (_items.Count(item => item.Created.Node < 0 && item.Deleted is null), _items.Count + _forgotten);
        }
    }

    /// <summary>The experiment with an id.</summary>
    public Item? Find(Guid id)
    {
        lock (_gate)
        {
            return _items.Find(item => item.Id == id);
        }
    }

    /// <summary>Every experiment, to be held against the database when all is quiet.</summary>
    public IReadOnlyList<Item> Items
    {
        get
        {
            lock (_gate)
            {
                return [.. _items];
            }
        }
    }

    /// <summary>Forgets what was deleted so long ago that nothing depends on it any more.</summary>
    public void Forget(long before)
    {
        lock (_gate)
        {
            _forgotten += _items.RemoveAll(item => item.Deleted is { } deleted && deleted.AcknowledgedAt < before && item.Created.AcknowledgedAt < before);
        }
    }
}
