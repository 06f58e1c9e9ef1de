using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Caching;
using NeuroLab.Infrastructure.Caching.Diagnostics;
using NeuroLab.Infrastructure.Caching.Engine;
using NeuroLab.Infrastructure.Caching.Journal;

namespace NeuroLab.UnitTests.Caching;

/// <summary>A journal that is read for the first time, turns out to be another one, or fails in an unexpected way.</summary>
public sealed class JournalReplacementTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StaleCopy_WhenTheJournalWasReplacedDuringItsLoad_IsNotBelievedAfterwards(bool sameIds)
    {
        await using var node = new EngineFixture();
        await node.ReadOnAsync();
        await node.GetAsync("old");
        var load = new GatedLoad();
        var refreshing = node.GetAsync(load.RunAsync, options: new CacheReadOptions(ForceRefresh: true));
        await load.Began;
        var another = sameIds ? node.Follower.JournalId : Guid.NewGuid();
        node.Journal.Change = reading => new JournalReading(
            [.. reading.Records.Where(record => record.Position > 8).Select(record => record with { Position = record.Position - 8 })], reading.Position - 8, another);
        await node.Follower.CatchUpAsync();
        load.Fail(new OriginUnavailableException(StaleReason.OriginError));
        var failing = () => refreshing;
        await failing.Should().ThrowAsync<OriginUnavailableException>("the copy is of a journal that is gone");

        await node.InvalidateAsync("*");

        (await node.GetAsync("new")).Value.Should().Be("new");
    }

    [Fact]
    public async Task OwnWrite_WhenTheJournalWentBackUnnoticed_IsSeenByTheNextRead()
    {
        await using var node = new EngineFixture();
        await node.ReadOnAsync();
        (await node.GetAsync("old")).Value.Should().Be("old");
        var another = Guid.NewGuid();
        node.Journal.Change = reading => new JournalReading([], 4, another);

        // Committed to the database that took the place of the one that this node followed: its positions are earlier ones.
        await node.Commits.CommittedAsync(3, [Invalidation.OfPattern(CachePattern.All)], "test");

        (await node.GetAsync("new")).Value.Should().Be("new");
    }

    [Fact]
    public async Task OwnWrite_WhenItComesBeforeWhatIsKnownAndTheJournalCannotBeRead_CallsNothingFresh()
    {
        await using var node = new EngineFixture();
        await node.ReadOnAsync();
        await node.GetAsync("old");
        node.Journal.Fails = true;

        await node.Commits.CommittedAsync(3, [Invalidation.OfPattern(CachePattern.All)], "test");

        node.Follower.TrustedUntil.Should().Be(0);
        (await node.GetFailingAsync()).Freshness.StaleReason.Should().NotBeNull();
    }

    [Fact]
    public async Task CopyFromRedis_WhenServedBeforeTheFirstReading_IsJudgedAnewAfterIt()
    {
        await using var node = new EngineFixture(redis: true);
        await node.GetAsync("old");
        await node.Tier.HasAsync(1);
        node.Tier.Change(EngineFixture.Key, entry => entry with { JournalId = Guid.NewGuid(), Lease = 1000 });
        node.Journal.Fails = true;
        await using var other = new EngineFixture(node);
        var unverified = await other.GetAsync("new");
        node.Journal.Fails = false;
        node.Time.Advance(TimeSpan.FromSeconds(1.5));

        await other.InvalidateAsync("*");

        unverified.Freshness.StaleReason.Should().Be(StaleReason.Unverified);
        (await other.GetAsync("new")).Value.Should().Be("new");
    }

    [Fact]
    public async Task Copy_WhenTheJournalWentBackAndItsReadingHadToBeAppliedTwice_IsGone()
    {
        var observer = new BrokenObserver();
        await using var node = new EngineFixture(add: services => services.AddSingleton<IJournalObserver>(observer));
        await node.ReadOnAsync();
        await node.GetAsync("old");
        var load = new GatedLoad();
        var refreshing = node.GetAsync(load.RunAsync, options: new CacheReadOptions(ForceRefresh: true));
        await load.Began;
        node.Journal.Change = reading => reading with { Position = 3, Records = [.. reading.Records.Where(record => record.Position < 3)] };
        observer.IsBroken = true;
        (await node.Follower.CatchUpAsync()).Should().BeFalse();
        observer.IsBroken = false;
        (await node.Follower.CatchUpAsync()).Should().BeTrue();
        load.Fail(new OriginUnavailableException(StaleReason.OriginError));

        await node.Awaiting(_ => refreshing).Should().ThrowAsync<OriginUnavailableException>("a journal that went back is one of other data");
    }

    [Fact]
    public async Task Lease_WhenTakenBeforeTheJournalWasReplaced_StoresNothing()
    {
        await using var node = new EngineFixture();
        var miss = await node.Cache.GetAsync<string>(EngineFixture.Key, default);
        await node.InvalidateAsync("x");
        node.Journal.Change = reading => reading with { Position = 0, Records = [] };
        await node.Follower.CatchUpAsync();

        await node.Cache.SetAsync(EngineFixture.Key, "old", CachePolicy.Default, [], miss.Lease, default);

        (await node.GetAsync("new")).Value.Should().Be("new");
    }

    [Fact]
    public async Task Floor_WhenAReadingLeavesRecordsOut_InvalidatesWhatItCannotJudge()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("old");
        node.Journal.Change = reading => reading with { Position = reading.Position + 10, Floor = reading.Position + 5 };
        await node.Follower.CatchUpAsync();

        (await node.GetAsync("new")).Value.Should().Be("new");
    }

    [Fact]
    public async Task Follower_WhenItsLogFails_ReadsOn()
    {
        var journal = new TestJournal(new InProcessJournal(TimeProvider.System)) { Fails = true };
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        journal.BeforeRead = () => gate.Task;
        var follower = new JournalFollower(
            journal, new InvalidationIndex(1000), [], new CacheCounters(), TestTimings.Unheard, new CacheClock(TimeProvider.System), Options.Create(new CacheOptions()), new BrokenLog());
        var first = follower.CatchUpAsync();
        var second = follower.CatchUpAsync();
        gate.SetResult();
        await Record.ExceptionAsync(() => first);
        await Record.ExceptionAsync(() => second);
        journal.Fails = false;

        (await follower.CatchUpAsync()).Should().BeTrue();
    }

    [Fact]
    public async Task CopyFromRedis_WhenFoundWhileTheFirstReadingIsApplied_IsJudgedAnewAfterIt()
    {
        await using var node = new EngineFixture(redis: true);
        await node.InvalidateAsync("x");
        await node.GetAsync("old");
        await node.Tier.HasAsync(1);

        // What a restore of the database leaves in Redis: a value of another journal, or leased past the end of this one.
        node.Tier.Change(EngineFixture.Key, entry => entry with { JournalId = Guid.NewGuid(), Lease = 1000 });
        var observer = new SlowObserver();
        await using var other = new EngineFixture(node, add: services => services.AddSingleton<IJournalObserver>(observer));
        node.Journal.Fails = true;
        await other.Follower.CatchUpAsync();
        node.Journal.Fails = false;
        var first = other.Follower.CatchUpAsync();
        observer.Showing.Wait(TimeSpan.FromSeconds(10)).Should().BeTrue();
        var unverified = await other.GetAsync("new");
        unverified.Freshness.StaleReason.Should().Be(StaleReason.Unverified);
        observer.GoOn.Set();
        (await first).Should().BeTrue();

        await other.InvalidateAsync("*");

        var after = await other.GetAsync("new");
        after.Value.Should().Be("new", "source {0}", after.Freshness.Source);
    }

    /// <summary>Holds up the showing of records to the node, as many records do.</summary>
    private sealed class SlowObserver : IJournalObserver
    {
        public ManualResetEventSlim Showing { get; } = new();

        public ManualResetEventSlim GoOn { get; } = new();

        public void OnRecords(IReadOnlyList<JournalRecord> records)
        {
            Showing.Set();
            GoOn.Wait(TimeSpan.FromSeconds(20));
        }
    }

    private sealed class BrokenObserver : IJournalObserver
    {
        public bool IsBroken { get; set; }

        public void OnRecords(IReadOnlyList<JournalRecord> records)
        {
            if (IsBroken)
            {
                throw new InvalidOperationException("broken");
            }
        }
    }

    private sealed class BrokenLog : ILogger<JournalFollower>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Warning)
            {
                throw new IOException("disk full");
            }
        }
    }
}
