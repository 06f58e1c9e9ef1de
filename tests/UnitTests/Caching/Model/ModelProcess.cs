using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Caching;
using NeuroLab.Infrastructure.Caching.Engine;
using NeuroLab.Infrastructure.Caching.Journal;
using NeuroLab.Infrastructure.Caching.Memory;

namespace NeuroLab.UnitTests.Caching.Model;

/// <summary>A node: what stays when its process is started anew.</summary>
internal sealed class ModelNode(int name)
{
    public int Name { get; } = name;

    public bool IsReachable { get; set; } = true;

    public bool IsPaused { get; set; }

    /// <summary>The newest version of each key's data that this node has acknowledged.</summary>
    public int[] Acknowledged { get; } = new int[Catalogue.Keys.Length];

    public ModelProcess Process { get; set; } = null!;
}

/// <summary>One run of a node: the real engine over ports of the model.</summary>
internal sealed class ModelProcess : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly CacheClock _clock;
    private readonly InvalidationIndex _index;

    public ModelProcess(ModelNode node, World world)
    {
        Node = node;
        Clock = new NodeClock(world.Time, TimeSpan.FromMilliseconds(node.Name * 70));
        Journal = new JournalPort(this, world);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<IInvalidationJournal>(Journal);
        services.AddSingleton<IDistributedTier>(new TierPort(this, world));
        services.AddSingleton<ILoadLock>(new LockPort(this, world));
        services.AddSingleton<IInvalidationHints>(new HintPort(this, world));
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddCaching(world.Settings);

        // Fewer than the options allow, so that records are forgotten within a run.
        _index = new InvalidationIndex(world.MostRecordsRemembered);
        services.AddSingleton(_index);
        _services = services.BuildServiceProvider();
        _clock = _services.GetRequiredService<CacheClock>();
        Cache = _services.GetRequiredService<ICache>();
        Commits = _services.GetRequiredService<ICommitObserver>();
        Follower = _services.GetRequiredService<JournalFollower>();
        Flights = _services.GetRequiredService<FlightTable>();
        Memory = (MemoryTier)_services.GetRequiredService<IMemoryTier>();
    }

    public ModelNode Node { get; }

    public NodeClock Clock { get; }

    public JournalPort Journal { get; }

    public ICache Cache { get; }

    public ICommitObserver Commits { get; }

    public JournalFollower Follower { get; }

    public FlightTable Flights { get; }

    public MemoryTier Memory { get; }

    public bool IsDead { get; private set; }

    public bool IsRunning => !IsDead && !Node.IsPaused;

    /// <summary>The writes that this process knows of: read from the journal in time, or acknowledged by itself.</summary>
    public HashSet<Write> Known { get; } = [];

    /// <summary>Its transactions under way.</summary>
    public List<Write> Transactions { get; } = [];

    /// <summary>When a read last began, or was given up, that may need a load beside one that is running; for each key.</summary>
    public long[] LastUnusual { get; } = new long[Catalogue.Keys.Length];

    /// <summary>Whether it may call copies fresh.</summary>
    public bool IsVerified => _clock.Now < Follower.TrustedUntil;

    /// <summary>Whether it knows of nothing that would forbid to join a load of that lease.</summary>
    public bool IsValid(int key, long lease, int epoch) => _index.Judge(Catalogue.Keys[key], Catalogue.Tags[key], lease, epoch) == Validity.Valid;

    public void Kill()
    {
        IsDead = true;
        Clock.Stop();
    }

    public void Dispose() => _services.Dispose();
}

/// <summary>A process's way to the journal.</summary>
internal sealed class JournalPort(ModelProcess process, World world) : IInvalidationJournal
{
    /// <summary>For one read: the reply that has come already. Only with a planted bug.</summary>
    public JournalReading? Early { get; set; }

    public async Task<JournalReading> ReadAsync(long since, CancellationToken cancellationToken)
    {
        if (Early is { } early)
        {
            Early = null;
            return early;
        }

        var asked = world.Now;
        var reading = await FetchAsync(since);
        if (world.Now - asked < world.JournalReadTimeout.Ticks)
        {
            // In time, so it is applied.
            process.Known.UnionWith(world.Database.Writes.Where(write => reading.Records.Any(record => record.Position == write.Position)));
        }

        return Spoil(reading);
    }

    /// <summary>Asks the database and brings the reply.</summary>
    public async Task<JournalReading> FetchAsync(long since)
    {
        await world.Gates.PassAsync(process, $"journal since {since}");
        ThrowIfCut();
        var reading = world.Database.Read(since);
        await world.Gates.PassAsync(process, $"reply of journal: {reading.Records.Count} records, position {reading.Position}, floor {reading.Floor}");
        ThrowIfCut();
        return reading;
    }

    public async Task<long> AppendAsync(IReadOnlyList<Invalidation> invalidations, string command, CancellationToken cancellationToken)
    {
        await world.Gates.PassAsync(process, $"append {command}");
        ThrowIfCut();
        var write = world.NewWrite(process, Array.Find(Catalogue.Writes, kind => kind.Invalidation == invalidations[0])!);
        world.Database.Begin(write);
        world.Database.Commit(write, world.Now);
        await world.Gates.PassAsync(process, $"reply of append {write.Kind.Name} at {write.Position}");
        return write.Position;
    }

    public Task<int> TrimAsync(DateTime olderThan, CancellationToken cancellationToken) => Task.FromResult(world.Database.Trim(olderThan));

    public Task<long> CountAsync(CancellationToken cancellationToken) => Task.FromResult(0L);

    private JournalReading Spoil(JournalReading reading) => world.Bug switch
    {
        PlantedBug.GlobNotMatched => reading with { Records = [.. reading.Records.Where(record => !Catalogue.IsGlob(record.Invalidation))] },
        PlantedBug.TagNotMatched => reading with { Records = [.. reading.Records.Where(record => record.Invalidation.Target != InvalidationTarget.Tag)] },
        PlantedBug.PurgeServedAsStale => reading with
        {
            Records = [.. reading.Records.Select(record => record with { Invalidation = record.Invalidation with { IsPurge = false } })],
        },
        _ => reading,
    };

    private void ThrowIfCut()
    {
        if (!process.Node.IsReachable)
        {
            throw new OriginUnavailableException(StaleReason.OriginError);
        }
    }
}

/// <summary>A process's hints: each reaches each other node, later, or is lost.</summary>
internal sealed class HintPort(ModelProcess process, World world) : IInvalidationHints
{
    public void Publish() => world.SendHints(process);

    public void Subscribe(Action onHint) => throw new InvalidOperationException("The model delivers hints itself.");
}
