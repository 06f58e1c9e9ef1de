using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.UnitTests.Caching.Model;

/// <summary>
/// One run: two or three nodes over one database and one Redis. A seed decides what begins, which gate opens next, how time passes and what fails, and
/// after each step everything runs until it waits again; so a seed is a run. On a <see cref="SingleWorker"/> only.
/// </summary>
internal sealed partial class World : IDisposable
{
    private const int TraceLength = 120;

    private readonly Queue<string> _trace = new();
    private readonly List<(Task Task, ModelProcess Process, string Name, Read? Read)> _running = [];
    private readonly List<ModelProcess> _processes = [];
    private readonly ModelNode[] _nodes;
    private readonly Operations _operations;
    private readonly long _start;
    private int _step;
    private int _noise;

    public World(int seed, ModelJournal journal, PlantedBug bug)
    {
        Random = new Random(seed);
        Bug = bug;
        _start = Time.GetTimestamp();
        Settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Cache:Jitter"] = "0",
            ["Cache:EagerRefresh"] = "0.7",
            ["Cache:MaxEntryLife"] = MaxEntryLife.ToString(),
            ["Cache:DefaultTtl"] = "00:00:05",
            ["Cache:MemoryTtlCap"] = "00:00:03",
            ["Cache:PromotionTtl"] = "00:00:01.5",
            ["Cache:MemoryMaxSize"] = Random.Next(1, 4).ToString(CultureInfo.InvariantCulture),
            ["Cache:VerificationWindow"] = bug == PlantedBug.NoTrustCheck ? "00:10:00" : VerificationWindow.ToString(),
            ["Cache:JournalReadTimeout"] = JournalReadTimeout.ToString(),
            ["Cache:SoftTimeout"] = "00:00:00.4",
            ["Cache:HardTimeout"] = HardTimeout.ToString(),
            ["Cache:FailureThrottle"] = "00:00:01",
            ["Cache:LoadLock"] = "00:00:02",
            ["Cache:PartialTtl"] = "00:00:01",
        }).Build();
        MostRecordsRemembered = Random.Next(5, 20);
        var fewRecords = Random.Next(3) == 0 || bug == PlantedBug.FloorOmitted;
        Database = journal == ModelJournal.Transactional ? new TransactionalDatabase(fewRecords ? 5 : 40, bug) : new InProcessDatabase();
        Redis = new ModelRedis(Time);
        Oracle = new Oracle(this);
        _operations = new Operations(this);
        _nodes = [.. Enumerable.Range(0, Random.Next(2, 4)).Select(name => new ModelNode(name))];
        foreach (var node in _nodes)
        {
            StartProcess(node);
        }
    }

    public Random Random { get; }

    public PlantedBug Bug { get; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));

    public IConfiguration Settings { get; }

    public int MostRecordsRemembered { get; }

    public ModelDatabase Database { get; }

    public ModelRedis Redis { get; }

    public Gates Gates { get; } = new();

    public Oracle Oracle { get; }

    /// <summary>Writes whose token a reader may have.</summary>
    public List<Write> Acknowledged { get; } = [];

    /// <summary>Ticks since the beginning, a little above zero.</summary>
    public long Now => Time.GetElapsedTime(_start).Ticks + 1;

    public TimeSpan VerificationWindow { get; } = TimeSpan.FromSeconds(2);

    public TimeSpan JournalReadTimeout { get; } = TimeSpan.FromSeconds(1);

    public TimeSpan HardTimeout { get; } = TimeSpan.FromSeconds(5);

    public TimeSpan MaxEntryLife { get; } = TimeSpan.FromSeconds(8);

    public TimeSpan DefaultStaleWindow { get; } = TimeSpan.FromSeconds(600);

    /// <summary>The database ends a transaction that takes longer.</summary>
    public TimeSpan LongestTransaction { get; } = TimeSpan.FromSeconds(5);

    /// <summary>A number that two runs share only if they went alike.</summary>
    public ulong TraceHash { get; private set; } = 14695981039346656037;

    public string Trace => string.Join(Environment.NewLine, _trace);

    /// <summary>Runs until something is violated, or to the end.</summary>
    public async Task RunAsync(int steps)
    {
        for (_step = 0; _step < steps && Oracle.Violation is null; _step++)
        {
            Advance(Random.Next(100) < 15 ? Random.Next(200) : Random.Next(25));

            // What a timer begins is over before the next event: an answer is held against what its node knew as it was given.
            await SettleAsync();
            Heal();
            Act();
            await SettleAsync();
        }

        if (Oracle.Violation is null)
        {
            await CalmDownAsync();
        }
    }

    public Write NewWrite(ModelProcess process, WriteKind kind)
    {
        var noise = Random.Next(8) == 0 ? Random.Next(3, 12) : Random.Next(3);
        return new Write(
            kind,
            process.Clock.GetUtcNow().UtcDateTime,
            Enumerable.Range(_noise += noise, noise).Select(i => Invalidation.OfPattern(CachePattern.Glob($"noise:{i}"))));
    }

    public void SendHints(ModelProcess sender)
    {
        foreach (var node in _nodes)
        {
            if (node.Process != sender && Redis.IsUp && Random.Next(2) == 0)
            {
                Track(_operations.DeliverHintAsync(node.Process), node.Process, "hint");
            }
        }
    }

    public void Log(ModelProcess process, string what) => Log($"node {process.Node.Name} {what}");

    public void Log(string what)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{_step,5} {(Now - 1) / TimeSpan.TicksPerMillisecond,6} ms  {what}");
        foreach (var c in line)
        {
            TraceHash = (TraceHash ^ c) * 1099511628211;
        }

        _trace.Enqueue(line);
        if (_trace.Count > TraceLength)
        {
            _trace.Dequeue();
        }
    }

    public void Dispose() => _processes.ForEach(process => process.Dispose());

    private void Act()
    {
        var node = _nodes[Random.Next(_nodes.Length)];
        switch (Random.NextDouble())
        {
            case < 0.02:
                BeginWrite(node.Process);
                break;
            case < 0.12:
                BeginRead(node.Process);
                break;
            case < 0.17:
                Log(node.Process, "polls");
                Track(_operations.FollowAsync(node.Process), node.Process, "poll");
                break;
            case < 0.185:
                Disturb(node);
                break;
            case < 0.19:
                HangUp();
                break;
            case < 0.197:
                var kept = Bug == PlantedBug.RetentionTooShort ? MaxEntryLife / 8 : 2 * MaxEntryLife;
                Log($"{Database.Trim(Time.GetUtcNow().UtcDateTime - kept)} records trimmed");
                break;
            default:
                OpenGate();
                break;
        }
    }

    private void BeginWrite(ModelProcess process)
    {
        var kind = Catalogue.Writes[Random.Next(Catalogue.Writes.Length)];
        if (!process.IsRunning || !process.Node.IsReachable)
        {
            return;
        }

        Log(process, $"writes {kind.Name}");
        Track(
            Random.Next(5) == 0
                ? _operations.InvalidateAsync(process, kind)
                : _operations.WriteAsync(process, kind, Random.Next(4), dies: Random.Next(10) == 0),
            process,
            $"write {kind.Name}");
    }

    private void BeginRead(ModelProcess process)
    {
        if (!process.IsRunning)
        {
            return;
        }

        var kind = Random.Next(20);
        var presented = Acknowledged.Count > 0 && Random.Next(10) < 3 ? Acknowledged[^(1 + Random.Next(Math.Min(3, Acknowledged.Count)))] : null;
        var force = kind >= 3 && Random.Next(15) == 0;
        CacheReadOptions options = kind < 3 ? default
            : new(force, presented is null ? (Random.Next(60) == 0 ? ConsistencyToken.Unknown : null) : new ConsistencyToken(presented.Position));
        BeginRead(process, kind switch { < 2 => "by-hand", 2 => "get-stale", _ => "read" }, Random.Next(Catalogue.Keys.Length), options, kind < 3 ? null : presented);
    }

    private void BeginRead(ModelProcess process, string door, int key, CacheReadOptions options, Write? presented)
    {
        var fromOrigin = options.ForceRefresh || options.After == ConsistencyToken.Unknown;
        var read = new Read(process, door, key, Now, Oracle.Required(process.Node, key, presented, fromOrigin), options) { VersionAtStart = Database.Version[key] };
        Log(process, $"begins {read}");
        if (options != default || !process.IsVerified)
        {
            process.LastUnusual[key] = Now;
        }

        Track(
            door switch
            {
                "by-hand" => _operations.ReadByHandAsync(read),
                "get-stale" => _operations.ReadStaleAsync(read),
                _ => _operations.ReadAsync(read),
            },
            process,
            read.ToString(),
            read);
    }

    private void OpenGate()
    {
        if (Gates.TakeOne(Random) is { } gate)
        {
            Log(gate.Process, gate.What);
            gate.Open();
        }
    }

    private void Advance(int milliseconds) => Time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    private void StartProcess(ModelNode node)
    {
        node.Process = new ModelProcess(node, this);
        _processes.Add(node.Process);
    }

    private void Track(Task task, ModelProcess process, string name, Read? read = null) => _running.Add((task, process, name, read));

    private async Task SettleAsync()
    {
        await SingleWorker.QuiesceAsync();
        for (var i = _running.Count - 1; i >= 0; i--)
        {
            var (task, process, name, _) = _running[i];
            if (task.IsCompleted)
            {
                _running.RemoveAt(i);
                if (task.Exception is { } failure)
                {
                    Oracle.Violate($"I3: {name} on node {process.Node.Name} fails: {failure.InnerException}");
                }
            }
        }
    }

    /// <summary>The faults are over: everything ends, and within one window every node answers with the newest version.</summary>
    private async Task CalmDownAsync()
    {
        Log("the faults are over");
        SetRedis(up: true);
        foreach (var node in _nodes)
        {
            SetReachable(node, true);
            SetPaused(node, false);
        }

        await DrainAsync();
        Advance((int)VerificationWindow.TotalMilliseconds + 1);
        foreach (var node in _nodes)
        {
            Track(_operations.FollowAsync(node.Process), node.Process, "poll");
        }

        await DrainAsync();
        foreach (var node in _nodes)
        {
            for (var key = 0; key < Catalogue.Keys.Length && Oracle.Violation is null; key++)
            {
                BeginRead(node.Process, "read", key, default, null);
                await DrainAsync();
            }
        }

        foreach (var process in _processes.Where(process => !process.IsDead))
        {
            process.Memory.Verify();
            if (process.Memory.Evictions > 0)
            {
                Oracle.Count("evicted");
            }

            if (process.Flights.Count > 0)
            {
                Oracle.Violate($"I2: {process.Flights.Count} loads left on node {process.Node.Name}");
            }
        }

        if (Redis.Locks.Values.Any(held => !held.Process.IsDead && !held.ReleaseIsLost))
        {
            Oracle.Violate("I2: a lock was not given back");
        }
    }

    private async Task DrainAsync()
    {
        for (var i = 0; i < 5000 && Oracle.Violation is null; i++, _step++)
        {
            OpenGate();
            await SettleAsync();
            if (Gates.Count == 0)
            {
                if (_running.Count == 0)
                {
                    return;
                }

                Advance(50);
                await SettleAsync();
            }
        }

        if (Oracle.Violation is null)
        {
            Oracle.Violate($"never ends: {string.Join("; ", _running.Select(operation => $"{operation.Name} on node {operation.Process.Node.Name}"))}");
        }
    }
}
