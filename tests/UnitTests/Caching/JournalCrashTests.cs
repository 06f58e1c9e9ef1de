using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;

namespace NeuroLab.UnitTests.Caching;

/// <summary>A journal that becomes another one of the same data: a server has crashed, or another one has taken its place.</summary>
public sealed class JournalCrashTests
{
    private static readonly CachePattern Dashboards = CachePattern.Glob("dashboard:*");

    [Fact]
    public async Task Write_WhenACrashedServerGivesItAPositionThatWasReadBefore_IsSeen()
    {
        await using var node = new EngineFixture();
        await node.ReadOnAsync();
        (await node.GetAsync("old")).Freshness.Source.Should().Be(CacheSource.Origin);

        // The last transactions before the crash had written nothing that lasts: their numbers are given again, and the counting is past them when the journal is read.
        var written = new JournalRecord(8, Invalidation.OfPattern(CachePattern.All), "test", DateTime.UtcNow);
        var another = Guid.NewGuid();
        node.Journal.Change = reading => reading with { JournalId = another, Position = 20, Records = [.. reading.Records.Where(record => record.Position < 8), written] };
        await node.Follower.CatchUpAsync();

        (await node.GetAsync("new")).Value.Should().Be("new");
        (await node.GetAsync("newer")).Freshness.Source.Should().Be(CacheSource.Memory, "what is loaded from then on is judged as ever");
    }

    [Fact]
    public async Task Copy_WhenTheServerHasCrashed_IsALastResortAndNoMore()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("old");
        await CrashAsync(node);

        var resort = await node.GetFailingAsync();
        (resort.Value, resort.Freshness.IsStale, resort.Freshness.StaleReason, resort.Freshness.Invalidated).Should().Be(("old", true, StaleReason.OriginError, true));
        await CrashAsync(node);
        (await node.GetFailingAsync()).Value.Should().Be("old", "the data are the same after any number of crashes");
        node.Time.Advance(TimeSpan.FromSeconds(5));
        (await node.GetAsync("new")).Value.Should().Be("new");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Copy_WhenTheServerHasCrashedAndRecordsWereTrimmed_IsALastResortWhereNoneThatIsRetainedWasLeftOut(bool isWhole)
    {
        await using var node = new EngineFixture();
        await node.ReadOnAsync();
        await node.GetAsync("old");
        var another = Guid.NewGuid();
        node.Journal.Change = reading => reading with { JournalId = another, Floor = 5, IsWhole = isWhole };
        await node.Follower.CatchUpAsync();

        var failing = () => node.GetFailingAsync();

        if (isWhole)
        {
            (await failing()).Value.Should().Be("old");
        }
        else
        {
            await failing.Should().ThrowAsync<OriginUnavailableException>("what is left out may have purged it");
        }
    }

    [Fact]
    public async Task Copy_WhenTheServerHasCrashedAndThereAreMoreRecordsThanRoom_IsNoLastResort()
    {
        await using var node = new EngineFixture(configure: settings => settings["Cache:MaxRecords"] = "100");
        await node.ReadOnAsync(120);
        await node.GetAsync("old");
        await CrashAsync(node);

        await node.Awaiting(n => n.GetFailingAsync()).Should().ThrowAsync<OriginUnavailableException>("what is forgotten may have purged it");
    }

    [Fact]
    public async Task Copy_WhenTheServerHasCrashedAndWhatItMatchesWasEverPurged_IsNoLastResort()
    {
        await using var node = new EngineFixture();
        await node.PurgeAsync("dashboard:*");
        await node.Follower.CatchUpAsync();
        await node.GetAsync("old");
        (await node.GetAsync("new")).Value.Should().Be("old");
        await CrashAsync(node);

        await node.Awaiting(one => one.GetFailingAsync()).Should().ThrowAsync<OriginUnavailableException>();
    }

    [Fact]
    public async Task Copy_WhenPurgedAfterTheCrash_IsGoneFromMemoryWhateverTheTwoPositions()
    {
        await using var node = new EngineFixture();
        await node.ReadOnAsync();
        await node.GetAsync("old");
        await CrashAsync(node);
        node.Memory.TryPeek(EngineFixture.Key, out _).Should().BeTrue();
        var crashed = node.Journal.Change!;
        node.Journal.Change = reading => crashed(reading) with { Records = [new JournalRecord(3, Invalidation.Purge(CachePattern.Glob("dashboard:*")), "test", DateTime.UtcNow)] };

        await node.Follower.CatchUpAsync();

        node.Memory.TryPeek(EngineFixture.Key, out _).Should().BeFalse();
    }

    [Fact]
    public async Task Copy_WhileTheOtherJournalCannotBeReadWhole_IsServedUnverifiedAndNothingIsForgotten()
    {
        await using var node = new EngineFixture();
        await node.PurgeAsync("purged:*");
        await node.Follower.CatchUpAsync();
        await node.GetAsync("old");
        var (another, reads) = (Guid.NewGuid(), 0);
        node.Journal.Change = reading => ++reads % 2 == 1 ? reading with { JournalId = another } : throw new OriginUnavailableException(StaleReason.OriginError);

        (await node.Follower.CatchUpAsync()).Should().BeFalse();

        (await node.GetAsync("new")).Freshness.StaleReason.Should().Be(StaleReason.Unverified);
        node.Follower.EpochOf(another, 0).Should().BeNull("nothing is known of it");
        node.Time.Advance(TimeSpan.FromSeconds(2));
        node.Journal.Change = reading => reading with { JournalId = another };
        (await node.GetAsync("new")).Value.Should().Be("new");
    }

    [Fact]
    public async Task OwnWrite_WhenTheOtherJournalIsReadAsItCommits_IsSeen()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("old");
        var another = Guid.NewGuid();
        var writing = Task.CompletedTask;
        var reads = 0;
        node.Journal.Change = reading =>
        {
            if (++reads == 2)
            {
                // Committed after this reading was taken, and known before it is applied.
                writing = node.Commits.CommittedAsync(reading.Position, [Invalidation.OfPattern(CachePattern.All)], "test");
            }

            return reading with { JournalId = another };
        };

        await node.Follower.CatchUpAsync();

        node.Follower.TrustedUntil.Should().Be(0, "the write is not in what was read, and what was known is forgotten");
        await writing;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Copy_WhenThisNodeWritesWhileTheJournalOfACrashIsRead_IsALastResortUnlessPurged(bool isPurge)
    {
        await using var node = new EngineFixture();
        await node.ReadOnAsync();
        await node.GetAsync("old");
        var (another, reads, writing) = (Guid.NewGuid(), 0, Task.CompletedTask);
        node.Journal.Change = reading =>
        {
            if (++reads == 2)
            {
                // Of a number below the lease of the copy: in memory nothing is purged by that.
                writing = node.Commits.CommittedAsync(3, [isPurge ? Invalidation.Purge(Dashboards) : Invalidation.OfPattern(Dashboards)], "test");
            }

            return reads > 2 ? throw new OriginUnavailableException(StaleReason.OriginError) : reading with { JournalId = another };
        };
        await node.Follower.CatchUpAsync();

        var failing = () => node.GetFailingAsync();

        if (isPurge)
        {
            await failing.Should().ThrowAsync<OriginUnavailableException>();
        }
        else
        {
            (await failing()).Value.Should().Be("old");
        }

        await writing;
    }

    [Fact]
    public async Task Copy_WhenTheJournalOfOtherDataWasReadBetweenCrashes_IsGone()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("old");
        var load = new GatedLoad();
        var refreshing = node.GetAsync(load.RunAsync, options: new CacheReadOptions(ForceRefresh: true));
        await load.Began;
        var other = Guid.NewGuid();
        node.Journal.Change = reading => reading with { JournalId = other, DatabaseId = other };
        await node.Follower.CatchUpAsync();
        node.Journal.Change = null;
        await node.Follower.CatchUpAsync();
        await CrashAsync(node);
        load.Fail(new OriginUnavailableException(StaleReason.OriginError));

        await node.Awaiting(_ => refreshing).Should().ThrowAsync<OriginUnavailableException>("the load has a copy in hand that is of before the other data");
    }

    /// <summary>The same data, and another journal: as a server that has recovered from a crash has it.</summary>
    private static async Task CrashAsync(EngineFixture node)
    {
        var another = Guid.NewGuid();
        node.Journal.Change = reading => reading with { JournalId = another };
        await node.Follower.CatchUpAsync();
    }
}
