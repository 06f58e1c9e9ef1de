using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Caching.Diagnostics;
using NeuroLab.Infrastructure.Caching.Redis;
using NeuroLab.Infrastructure.Resilience;

namespace NeuroLab.UnitTests.Caching.Diagnostics;

/// <summary>What is told of the journal and of the stores.</summary>
public sealed class JournalMetricsTests
{
    [Fact]
    public async Task Records_WhenLearnt_CountOnceByWhatTheyName()
    {
        await using var node = new EngineFixture();
        await node.InvalidateAsync("before:*");
        await using var other = new EngineFixture(node);
        using var meter = await Recorded.OfAsync(other);
        await other.Follower.CatchUpAsync();

        await node.InvalidateAsync("a:*");
        await node.PurgeAsync("b:*");
        await node.Cache.InvalidateAsync([Invalidation.OfTag("t")], "test", default);
        node.Time.Advance(TimeSpan.FromMilliseconds(400));
        await other.Follower.CatchUpAsync();
        await other.Follower.CatchUpAsync();

        meter.Values("journal.lag").Should().HaveCount(3).And.OnlyContain(seconds => Math.Abs(seconds - 0.4) < 0.001);
        meter.Now("invalidations.learnt{purge=false,target=pattern}").Should().Be(1, "what was there before the node is no news");
        meter.Now("invalidations.learnt{purge=true,target=pattern}").Should().Be(1);
        meter.Now("invalidations.learnt{purge=false,target=tag}").Should().Be(1);
        meter.Now("invalidations.written{purge=false,target=pattern}").Should().Be(0, "another node wrote them");
    }

    [Fact]
    public async Task Records_WhenTheJournalShowsThemAgain_CountOnce()
    {
        await using var node = new EngineFixture();
        using var meter = await Recorded.OfAsync(node);
        await node.Follower.CatchUpAsync();
        var position = node.Follower.Position;

        // As PostgreSQL does while an older transaction is running: the position stays, and what was committed meanwhile is read each time.
        node.Journal.Change = reading => reading with { Position = position };
        await node.Journal.CommitElsewhereAsync("a:*");
        await node.Follower.CatchUpAsync();
        await node.Follower.CatchUpAsync();
        await node.Journal.CommitElsewhereAsync("b:*");
        await node.Follower.CatchUpAsync();

        meter.Values("journal.lag").Should().HaveCount(2);
        meter.Now("invalidations.learnt{purge=false,target=pattern}").Should().Be(2);
        node.Administration.GetStatistics().Invalidations.Should().Be(2);
        node.Follower.RecordsPending.Should().Be(2);
    }

    [Fact]
    public async Task Loads_WhileAnOlderTransactionIsOpen_AreCountedAsNotStoredAndTheOperatorIsToldWhy()
    {
        await using var node = new EngineFixture();
        using var meter = await Recorded.OfAsync(node);
        await node.Follower.CatchUpAsync();
        var position = node.Follower.Position;
        node.Journal.Change = reading => reading with { Position = position };
        await node.Journal.CommitElsewhereAsync(EngineFixture.Text);
        await node.Follower.CatchUpAsync();

        await node.GetAsync("loaded after the write, under a lease before it");

        node.Memory.Count.Should().Be(0);
        meter.Now("loads.not_stored{reason=overtaken}").Should().Be(1);
        meter.Now("loads.not_stored{reason=not_serializable}").Should().Be(0);
        (await node.Administration.ExplainAsync(EngineFixture.Key, default)).Node.PendingRecords.Should().Be(1);

        node.Journal.Change = null;
        await node.Follower.CatchUpAsync();
        await node.GetAsync("kept");
        meter.Now("loads.not_stored{reason=overtaken}").Should().Be(1);
    }

    [Fact]
    public async Task HeldBack_WhileOneTransactionIsOpen_GrowsAndWhileMoreFollowEachOtherDoesNot()
    {
        await using var node = new EngineFixture();
        using var meter = await Recorded.OfAsync(node);
        await node.Follower.CatchUpAsync();
        meter.Now("journal.held_back").Should().Be(0);
        var position = node.Follower.Position;
        node.Journal.Change = reading => reading with { Position = position };
        for (var i = 0; i < 3; i++)
        {
            await node.Journal.CommitElsewhereAsync("a:*");
            await node.Follower.CatchUpAsync();
            node.Time.Advance(TimeSpan.FromSeconds(60));
        }

        meter.Now("journal.held_back").Should().Be(120, "that is known of the last reading");

        // From now on the oldest open record is another one at each reading.
        node.Journal.Change = reading => reading with { Position = reading.Position - 1 };
        for (var i = 0; i < 3; i++)
        {
            await node.Journal.CommitElsewhereAsync("a:*");
            await node.Follower.CatchUpAsync();
            node.Follower.RecordsPending.Should().Be(1);
            meter.Now("journal.held_back").Should().Be(0);
            node.Time.Advance(TimeSpan.FromSeconds(60));
        }

        node.Journal.Change = reading => reading with { JournalId = Guid.NewGuid() };
        await node.Follower.CatchUpAsync();
        (meter.Now("journal.held_back"), node.Follower.RecordsPending).Should().Be((0, 0));
    }

    [Fact]
    public async Task VerifiedAge_WhenTheJournalIsReplaced_IsStillThatOfTheLastReading()
    {
        await using var node = new EngineFixture();
        using var meter = await Recorded.OfAsync(node);
        node.Time.Advance(TimeSpan.FromDays(10));
        await node.Follower.CatchUpAsync();
        node.Time.Advance(TimeSpan.FromSeconds(3));
        var reads = 0;
        node.Journal.Change = reading => ++reads == 1 ? reading with { JournalId = Guid.NewGuid() } : throw new OriginUnavailableException(StaleReason.OriginError);

        (await node.Follower.CatchUpAsync()).Should().BeFalse("all of the other one has to be read");

        node.Follower.TrustedUntil.Should().Be(0);
        meter.Now("journal.verified_age").Should().BeApproximately(3, 0.01);
    }

    [Fact]
    public async Task OwnWrites_WhenCommitted_CountAsWrittenAndAsLearnt()
    {
        await using var node = new EngineFixture();
        await node.Follower.CatchUpAsync();
        using var meter = await Recorded.OfAsync(node);

        await node.InvalidateAsync("a:*");
        await node.Follower.CatchUpAsync();

        meter.Now("invalidations.written{purge=false,target=pattern}").Should().Be(1);
        meter.Now("invalidations.learnt{purge=false,target=pattern}").Should().Be(1);
    }

    [Fact]
    public async Task VerifiedAge_WhenTheJournalCannotBeRead_Grows()
    {
        await using var node = new EngineFixture();
        using var meter = await Recorded.OfAsync(node);
        node.Time.Advance(TimeSpan.FromSeconds(3));
        meter.Now("journal.verified_age").Should().BeApproximately(3, 0.01, "there was no reading since the start");
        await node.Follower.CatchUpAsync();
        node.Time.Advance(TimeSpan.FromSeconds(5));
        node.Journal.Fails = true;

        await node.Follower.CatchUpAsync();

        meter.Values("journal.read.duration{outcome=ok}").Should().ContainSingle();
        meter.Values("journal.read.duration{outcome=failed}").Should().ContainSingle();
        meter.Now("journal.verified_age").Should().BeApproximately(5, 0.01);
        meter.Now("journal.read_failures").Should().Be(1);
    }

    [Fact]
    public async Task Length_WhileAnybodyListens_IsCountedOnceAMinute()
    {
        await using var node = new EngineFixture();
        await node.InvalidateAsync("a:*");
        using var length = node.Services.GetServices<IHostedService>().OfType<StoreMetrics>().Single();
        using var meter = await Recorded.OfAsync(node);
        await length.StartAsync(default);
        await Eventually.TrueAsync(() => meter.Now("journal.length") == 1);

        await node.InvalidateAsync("b:*");
        meter.Now("journal.length").Should().Be(1, "a minute has not passed");
        await Eventually.TrueAsync(() =>
        {
            node.Time.Advance(TimeSpan.FromSeconds(10));
            return meter.Now("journal.length") == 2;
        });
        await length.StopAsync(default);
    }

    [Fact]
    public async Task Length_WhileNobodyListens_IsNotCounted()
    {
        var (journal, clock) = (new CountingJournal(), new CountingClock());
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var length = new StoreMetrics(journal, new DisabledDistributedTier(), services.GetRequiredService<IMeterFactory>(), clock, NullLogger<StoreMetrics>.Instance);
        using var listener = new MeterListener();
        var published = new TaskCompletionSource<Instrument>(TaskCreationOptions.RunContinuationsAsynchronously);
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Name == "neurolab.cache.journal.length")
            {
                published.TrySetResult(instrument);
            }
        };
        listener.Start();
        await length.StartAsync(default);
        var last = await published.Task;

        // The records of the journal, and Redis, are each looked at in a loop of its own: both have gone round three times.
        for (var waits = 2; waits <= 6; waits += 2)
        {
            await Eventually.TrueAsync(() => clock.Timers >= waits);
            clock.Advance(TimeSpan.FromSeconds(10));
        }

        journal.Counts.Should().Be(0);
        listener.EnableMeasurementEvents(last);
        await Eventually.TrueAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            return journal.Counts > 0;
        });
        await length.StopAsync(default);
    }

    [Theory]
    [InlineData("closed", 0)]
    [InlineData("open", 1)]
    [InlineData("half_open", 2)]
    public async Task Breakers_WhenAsked_TellTheirState(string state, int number)
    {
        await using var node = new EngineFixture(add: services =>
        {
            services.AddSingleton(new ObservedCircuit("database", () => state));
            services.AddSingleton(new ObservedCircuit("redis", () => null));
        });
        using var meter = await Recorded.OfAsync(node);

        meter.Now("breaker.state{store=database}").Should().Be(number);
        meter.Now("breaker.state{store=redis}").Should().BeNull("none is configured");
        meter.Now("redis.available").Should().BeNull();
    }

    private sealed class CountingClock : FakeTimeProvider
    {
        private int _timers;

        public int Timers => Volatile.Read(ref _timers);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Interlocked.Increment(ref _timers);
            return timer;
        }
    }

    private sealed class CountingJournal : IInvalidationJournal
    {
        private int _counts;

        public int Counts => Volatile.Read(ref _counts);

        public Task<JournalReading> ReadAsync(long since, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<long> AppendAsync(IReadOnlyList<Invalidation> invalidations, string command, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<int> TrimAsync(DateTime olderThan, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<long> CountAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _counts);
            return Task.FromResult(0L);
        }
    }
}
