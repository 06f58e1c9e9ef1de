using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.CacheAdministration;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Caching.Observatory;
using NeuroLab.Infrastructure.Resilience;

namespace NeuroLab.UnitTests.Caching.Observatory;

/// <summary>How nodes are shown, and how they find each other.</summary>
public sealed class NodesTests : IAsyncLifetime
{
    private readonly TestRegistry _registry = new();
    private readonly LineCount _lines = new();
    private readonly EngineFixture _node;

    public NodesTests() => _node = new EngineFixture(
        configure: settings => settings["Cache:NodeName"] = "eu-1",
        add: services =>
        {
            services.AddSingleton<INodeRegistry>(_registry);
            services.AddSingleton<ILogger<NodeEntry>>(_lines);
        });

    private NodeBoard Board => _node.Services.GetRequiredService<NodeBoard>();

    private NodeEntry Entry => field ??= _node.Services.GetServices<IHostedService>().OfType<NodeEntry>().Single();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await Board.StopAsync(default);
        await Entry.StopAsync(default);
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Nodes_WhileSomebodyWatches_AreShownEverySecondThisOneFirst()
    {
        var other = Other("other");
        _registry.Nodes = [other, Look() with { IsThis = false }];
        await Board.StartAsync(default);
        await using var reader = await WatchReader.BeginAsync(_node);

        _node.Time.Advance(NodeBoard.Interval);
        var first = await reader.NextAsync();
        _registry.Nodes = [];
        _node.Time.Advance(NodeBoard.Interval);
        var second = await reader.NextAsync<NodesEvent>();

        first.Id.Should().BeNull();
        var nodes = first.Event.Should().BeOfType<NodesEvent>().Subject.Nodes;
        nodes.Select(node => (node.Name, node.IsThis)).Should().Equal(("eu-1", true), ("other", false));
        nodes[1].Should().Be(other);
        second.At.Should().Be(_node.Time.GetUtcNow().UtcDateTime);
        second.Nodes.Should().ContainSingle().Which.IsThis.Should().BeTrue("the other one has gone");
    }

    [Fact]
    public async Task Nodes_WhenTheRegistryFails_StayAsTheyWereLastSeen()
    {
        var other = Other("other");
        _registry.Nodes = [other];
        await Board.StartAsync(default);
        await using var reader = await WatchReader.BeginAsync(_node);
        _node.Time.Advance(NodeBoard.Interval);
        (await reader.NextAsync<NodesEvent>()).Nodes.Should().HaveCount(2);

        _registry.Fails = true;
        _node.Time.Advance(NodeBoard.Interval);
        var shown = await reader.NextAsync<NodesEvent>();

        shown.Nodes.Should().HaveCount(2);
        shown.Nodes[0].SeenAt.Should().Be(shown.At);
        shown.Nodes[1].Should().Be(other, "it was last seen then");
    }

    [Fact]
    public async Task Registry_WhileNobodyWatches_IsNotRead()
    {
        await Board.StartAsync(default);
        var reader = await WatchReader.BeginAsync(_node);
        _node.Time.Advance(NodeBoard.Interval);
        await reader.NextAsync<NodesEvent>();
        await reader.DisposeAsync();
        var reads = _registry.Reads;

        // A round that finds nobody has nothing to show any more.
        _node.Time.Advance(NodeBoard.Interval);
        await Eventually.TrueAsync(() => Board.Latest is null);

        _registry.Reads.Should().Be(reads).And.BePositive();
    }

    [Fact]
    public async Task Nodes_WhenTheyAreReadSlowly_AreShownAsTheyAreThen()
    {
        await Board.StartAsync(default);
        await using var reader = await WatchReader.BeginAsync(_node);
        for (var second = 0; second < 3; second++)
        {
            var before = Board.Latest;
            _node.Time.Advance(NodeBoard.Interval);
            await Eventually.TrueAsync(() => Board.Latest != before);
        }

        (await reader.NextAsync<NodesEvent>()).Should().BeSameAs(Board.Latest);
        (await reader.EndsAsync()).Should().BeTrue("those between are not kept");
    }

    [Fact]
    public async Task Entry_WhileTheNodeRuns_IsRenewedAtEveryBeat()
    {
        await Entry.StartAsync(default);
        await Eventually.TrueAsync(() => _registry.Entered.Count == 1);
        _node.Time.Advance(TimeSpan.FromSeconds(2));
        await Eventually.TrueAsync(() => _registry.Entered.Count == 2);

        await Entry.StopAsync(default);

        _registry.Entered.Select(node => node.Name).Should().AllBe("eu-1");
        _registry.Left.Should().Equal(_registry.Entered[0].Id);
    }

    [Fact]
    public async Task Entry_WhenTheRegistryFails_IsToldOnceAndTriedAgain()
    {
        _registry.Fails = true;
        await Entry.StartAsync(default);
        for (var beat = 1; beat <= 3; beat++)
        {
            await Eventually.TrueAsync(() => _registry.Tries == beat);
            _node.Time.Advance(TimeSpan.FromSeconds(2));
        }

        await Eventually.TrueAsync(() => _registry.Tries == 4);
        _registry.Fails = false;
        _node.Time.Advance(TimeSpan.FromSeconds(2));
        await Eventually.TrueAsync(() => _registry.Entered.Count == 1);
        _lines.Count.Should().Be(1);

        // The next outage is another one.
        _registry.Fails = true;
        _node.Time.Advance(TimeSpan.FromSeconds(2));
        await Eventually.TrueAsync(() => _lines.Count == 2);
        await Entry.StopAsync(default);
        _registry.Left.Should().BeEmpty("the registry was not there a moment ago");
    }

    [Fact]
    public async Task Entry_WhenTheNodeStopsWhileItIsOnItsWay_IsTakenOutAfterIt()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _registry.BeforeEntering = gate.Task;
        await Entry.StartAsync(default);
        await Eventually.TrueAsync(() => _registry.Tries == 1);

        var stop = Entry.StopAsync(default);
        _registry.Left.Should().BeEmpty();
        gate.SetResult();
        await stop.WaitAsync(TimeSpan.FromSeconds(30));

        _registry.Left.Should().Equal(_registry.Entered.Single().Id);
    }

    [Fact]
    public async Task Look_WhenTheCacheHasWorked_CountsAsItsStatisticsDo()
    {
        await _node.Follower.CatchUpAsync();
        await _node.GetAsync("value");
        await _node.GetAsync("value");
        await _node.Follower.CatchUpAsync();
        await _node.InvalidateAsync("*");
        await _node.Follower.CatchUpAsync();
        await _node.GetFailingAsync();

        var shown = Look();

        var counts = _node.Administration.GetStatistics();
        shown.Requests.Should().Be(CacheRequestStatistics.Of(
            counts.HitsMemory, counts.HitsRedis, counts.Misses, counts.StaleServed, counts.Loads, counts.LoadFailures, counts.Coalesced, counts.Invalidations));
        (shown.Requests.HitsMemory, shown.Requests.StaleServed, shown.Requests.Invalidations).Should().Be((1, 1, 1));
        shown.StaleByReason.Should().Be(new StaleAnswerCounts(1, 0, 0, 0));
        shown.LatencyMs.Load.P50.Should().NotBeNull();
        shown.LatencyMs.Hit.Should().Be(new LatencyQuantiles(null, null), "nobody collects metrics here");
        shown.Memory.Should().Be(new NodeMemory(_node.Memory.Count, 1000, _node.Memory.SizeBytes, 256 * 1024 * 1024, 0));
        shown.Journal.Should().Be(new NodeJournal(_node.Follower.Position, 0, true, 0));
        (shown.StartedAt, shown.SeenAt).Should().Be((_node.Time.GetUtcNow().UtcDateTime, _node.Time.GetUtcNow().UtcDateTime));
    }

    [Fact]
    public async Task Look_WhenTheJournalCannotBeReadForAWhile_SaysThatTheDatabaseIsUnavailable()
    {
        Look().Database.Should().Be(new NodeStore("unavailable", "closed"), "it was not reached yet");
        await _node.Follower.CatchUpAsync();
        Look().Database.Should().Be(new NodeStore("healthy", "closed"));

        _node.Journal.Fails = true;
        _node.Time.Advance(TimeSpan.FromSeconds(2));
        await _node.Follower.CatchUpAsync();

        var shown = Look();
        shown.Database.Should().Be(new NodeStore("unavailable", "closed"));
        (shown.Journal.IsTrusted, shown.Journal.VerifiedSecondsAgo).Should().Be((false, 2));
    }

    [Theory]
    [InlineData(false, false, "disabled", null)]
    [InlineData(true, false, "healthy", "closed")]
    [InlineData(true, true, "unavailable", "closed")]
    public async Task Look_WhenRedisIsSo_SaysSo(bool configured, bool down, string status, string? circuit)
    {
        await using var node = new EngineFixture(redis: configured, add: services => services.AddSingleton(new ObservedCircuit("redis", () => configured ? "closed" : null)));
        node.Tier.IsDown = down;

        node.Services.GetRequiredService<NodeObserver>().Look().Redis.Should().Be(new NodeStore(status, circuit));
    }

    private NodeStatus Look() => _node.Services.GetRequiredService<NodeObserver>().Look();

    private NodeStatus Other(string name) => Look() with { Id = Guid.NewGuid(), Name = name, IsThis = false };

    private sealed class TestRegistry : INodeRegistry
    {
        private readonly Lock _gate = new();
        private readonly List<NodeStatus> _entered = [];
        private int _reads;
        private int _tries;

        public IReadOnlyList<NodeStatus> Nodes { get; set; } = [];

        public bool Fails { get; set; }

        public Task BeforeEntering { get; set; } = Task.CompletedTask;

        public List<Guid> Left { get; } = [];

        public IReadOnlyList<NodeStatus> Entered
        {
            get
            {
                lock (_gate)
                {
                    return [.. _entered];
                }
            }
        }

        public int Reads => Volatile.Read(ref _reads);

        public int Tries => Volatile.Read(ref _tries);

        public bool IsShared => true;

        public async Task EnterAsync(NodeStatus node, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _tries);
            await BeforeEntering;
            ThrowIfFailing();
            lock (_gate)
            {
                _entered.Add(node);
            }
        }

        public Task LeaveAsync(Guid node, CancellationToken cancellationToken)
        {
            Left.Add(node);
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<NodeStatus>> ReadAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _reads);
            ThrowIfFailing();
            return Task.FromResult(Nodes);
        }

        private void ThrowIfFailing()
        {
            if (Fails)
            {
                throw new OriginUnavailableException(StaleReason.OriginError);
            }
        }
    }

    private sealed class LineCount : ILogger<NodeEntry>
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Interlocked.Increment(ref _count);
    }
}
