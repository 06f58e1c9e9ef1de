using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.UnitTests.Caching.Diagnostics;

namespace NeuroLab.UnitTests.Caching;

/// <summary>What an operator is told of a key, in every state of its copies.</summary>
public sealed class ExplainTests
{
    [Fact]
    public async Task Explain_WhenNothingIsCached_SaysThatAReadLoads()
    {
        await using var node = new EngineFixture();

        var told = await ExplainAsync(node);

        (told.Key, told.At).Should().Be((EngineFixture.Text, node.Time.GetUtcNow().UtcDateTime));
        (told.Memory.State, told.Redis.State).Should().Be((CopyState.Absent, CopyState.Disabled));
        (told.NextRead.Source, told.NextRead.IfOriginFails, told.NextRead.LoadUnderWay).Should().Be((CacheSource.Origin, "unavailable", false));
        (told.Node.Verified, told.Node.VerifiedSecondsAgo, told.Node.Position).Should().Be((true, 0, node.Follower.Position));
        told.Node.JournalId.Should().Be(node.Follower.JournalId);
    }

    [Fact]
    public async Task Explain_WhenFreshInBothTiers_SaysHowOldAndForHowLong()
    {
        await using var node = await CachedAsync(tags: ["t"]);
        node.Time.Advance(TimeSpan.FromSeconds(10));
        await node.GetAsync("never");

        var told = await ExplainAsync(node);

        foreach (var copy in (CopyExplanation[])[told.Memory, told.Redis])
        {
            (copy.State, copy.Type, copy.AgeSeconds, copy.TtlSeconds, copy.StaleTtlSeconds, copy.OvertakenBy).Should().Be((CopyState.Fresh, "String", 10, 290, 890, null));
            copy.Tags.Should().Equal("t");
            copy.SizeBytes.Should().BePositive();
            copy.CachedAt.Should().Be(node.Time.GetUtcNow().UtcDateTime.AddSeconds(-10));
        }

        (told.Memory.Hits, told.Redis.Hits).Should().Be((1, null));
        told.NextRead.Source.Should().Be(CacheSource.Memory);
    }

    [Fact]
    public async Task Explain_WhenOnlyRedisHasIt_SaysSoOnTheOtherNode()
    {
        await using var node = await CachedAsync();
        await using var other = new EngineFixture(node);

        var told = await ExplainAsync(other);

        (told.Memory.State, told.Redis.State, told.NextRead.Source).Should().Be((CopyState.Absent, CopyState.Fresh, CacheSource.Redis));
        other.Memory.Count.Should().Be(0, "who explains keeps nothing");
    }

    [Fact]
    public async Task Explain_WhenAWriteHasOvertakenIt_NamesTheWriteOnEveryNode()
    {
        await using var node = await CachedAsync();
        await using var other = new EngineFixture(node);
        await other.GetAsync("never");
        node.Time.Advance(TimeSpan.FromSeconds(5));
        await node.Cache.InvalidateAsync([Invalidation.OfPattern(CachePattern.Glob("dashboard:1:*"))], "RenameExperiment", default);
        var written = node.Time.GetUtcNow().UtcDateTime;
        node.Time.Advance(TimeSpan.FromSeconds(5));

        foreach (var one in (EngineFixture[])[node, other])
        {
            var told = await ExplainAsync(one);

            foreach (var copy in (CopyExplanation[])[told.Memory, told.Redis])
            {
                copy.State.Should().Be(CopyState.Invalidated);
                copy.Because.Should().Contain("RenameExperiment").And.NotContain("dashboard");
                copy.OvertakenBy.Should().Be(new OvertakingWrite("RenameExperiment", written, copy.OvertakenBy!.Position, InvalidationTarget.Pattern, "dashboard:1:*", false));
                copy.OvertakenBy.Position.Should().BeGreaterThanOrEqualTo(copy.Lease!.Value);
            }

            (told.NextRead.Source, told.NextRead.IfOriginFails).Should().Be((CacheSource.Origin, "stale"));
        }
    }

    [Fact]
    public async Task Explain_WhenItsTagWasInvalidated_NamesTheTag()
    {
        await using var node = await CachedAsync(tags: ["t"]);
        await node.Cache.InvalidateAsync([Invalidation.OfTag("t")], "test", default);

        var told = await ExplainAsync(node);

        (told.Memory.State, told.Memory.OvertakenBy!.Target, told.Memory.OvertakenBy.Text).Should().Be((CopyState.Invalidated, InvalidationTarget.Tag, "t"));
    }

    [Fact]
    public async Task Explain_WhenItWasPurgedWhileRedisWasAway_SaysThatItIsNeverServed()
    {
        await using var node = await CachedAsync();
        node.Tier.IsDown = true;
        await node.PurgeAsync("*");
        (await ExplainAsync(node)).Redis.State.Should().Be(CopyState.Unavailable);
        node.Tier.IsDown = false;

        var told = await ExplainAsync(node);

        (told.Memory.State, told.Redis.State, told.Redis.OvertakenBy!.IsPurge).Should().Be((CopyState.Absent, CopyState.Purged, true));
        (told.NextRead.Source, told.NextRead.IfOriginFails).Should().Be((CacheSource.Origin, "unavailable"));
    }

    [Fact]
    public async Task Explain_WhenItsTimeIsOver_SaysForHowLongItIsALastResort()
    {
        await using var node = await CachedAsync();
        node.Time.Advance(TimeSpan.FromSeconds(301));
        var expired = await ExplainAsync(node);
        node.Time.Advance(TimeSpan.FromSeconds(600));
        var over = await ExplainAsync(node);

        (expired.Memory.State, expired.Memory.TtlSeconds, expired.Memory.StaleTtlSeconds).Should().Be((CopyState.Expired, -1, 599));
        (expired.NextRead.Source, expired.NextRead.IfOriginFails).Should().Be((CacheSource.Origin, "stale"));
        (over.Memory.State, over.Redis.State, over.NextRead.IfOriginFails).Should().Be((CopyState.Over, CopyState.Absent, "unavailable"));
    }

    [Fact]
    public async Task Explain_WhenTheJournalCannotBeRead_SaysUnverified()
    {
        await using var node = await CachedAsync();
        node.Journal.Fails = true;
        node.Time.Advance(TimeSpan.FromSeconds(3));

        var told = await ExplainAsync(node);

        (told.Node.Verified, told.Node.VerifiedSecondsAgo).Should().Be((false, 3));
        (told.Memory.State, told.Redis.State).Should().Be((CopyState.Unverified, CopyState.Unverified));
        (told.NextRead.Source, told.NextRead.StaleReason).Should().Be((CacheSource.Stale, StaleReason.Unverified));
    }

    [Fact]
    public async Task Explain_WhenItsRenewalFailed_SaysWhyAndWhenTheNextIs()
    {
        await using var node = await CachedAsync();
        node.Time.Advance(TimeSpan.FromSeconds(301));
        await node.GetFailingAsync();
        node.Time.Advance(TimeSpan.FromSeconds(2));

        var told = await ExplainAsync(node);

        told.Memory.FailedLoad.Should().Be(new FailedLoad(StaleReason.OriginError, 3));
        (told.NextRead.Source, told.NextRead.StaleReason).Should().Be((CacheSource.Stale, StaleReason.OriginError));
    }

    [Fact]
    public async Task Explain_WhenANewerValueLacksASection_TellsOfBoth()
    {
        await using var node = await CachedAsync();
        node.Time.Advance(TimeSpan.FromSeconds(301));
        await node.GetAsync(_ => Task.FromResult(new LoadResult<string>("part", ["charts"])));

        var told = await ExplainAsync(node);

        (told.Memory.State, told.Memory.Partial!.State, told.NextRead.Source).Should().Be((CopyState.Expired, CopyState.Fresh, CacheSource.Memory));
        told.Memory.Partial.FailedOperations.Should().Equal("charts");
    }

    [Fact]
    public async Task Explain_WhenRedisHasAValueOfAnotherJournalOrShapeOrFuture_SaysThatItIsAMiss()
    {
        await using var node = await CachedAsync();
        await using var other = new EngineFixture(node);
        var entry = node.Tier.Find(EngineFixture.Key)!;

        (await WithAsync(entry with { JournalId = Guid.NewGuid() })).Should().Be(CopyState.OtherJournal);
        (await WithAsync(entry with { Lease = entry.Lease + 1000 })).Should().Be(CopyState.OtherJournal);
        (await WithAsync(entry with { Schema = 1 })).Should().Be(CopyState.OtherShape);
        (await WithAsync(entry with { CachedAt = entry.CachedAt.AddDays(2) })).Should().Be(CopyState.Unusable);
        (await WithAsync(entry)).Should().Be(CopyState.Fresh);

        async Task<CopyState> WithAsync(DistributedEntry changed)
        {
            node.Tier.Change(EngineFixture.Key, _ => changed);
            return (await ExplainAsync(other)).Redis.State;
        }
    }

    [Fact]
    public async Task Explain_WhenOlderRecordsAreForgotten_SaysThatItsLoadIsBeforeThem()
    {
        await using var node = new EngineFixture(configure: settings => settings["Cache:MaxRecords"] = "1000");
        await node.GetAsync("a");
        for (var count = 0; count < 1100; count++)
        {
            await node.InvalidateAsync($"other:{count}");
        }

        var told = await ExplainAsync(node);

        (told.Memory.State, told.Memory.OvertakenBy, told.NextRead.IfOriginFails).Should().Be((CopyState.Forgotten, null, "unavailable"));
    }

    [Fact]
    public async Task Explain_WhenALoadIsUnderWay_SaysSo()
    {
        await using var node = new EngineFixture();
        var load = new GatedLoad();
        var reading = node.GetAsync(load.RunAsync);
        await load.Began;

        (await ExplainAsync(node)).NextRead.LoadUnderWay.Should().BeTrue();

        load.Finish("a");
        await reading;
        (await ExplainAsync(node)).NextRead.LoadUnderWay.Should().BeFalse();
    }

    [Fact]
    public async Task Explain_Always_CountsAndTouchesNothing()
    {
        await using var node = await CachedAsync();
        using var meter = await Recorded.OfAsync(node);
        var before = node.Administration.GetStatistics();
        var reads = ((string[])["hit", "stale", "miss", "unavailable"]).Select(outcome => meter.Now($"tier.reads{{outcome={outcome},tier=redis}}")).ToList();

        await ExplainAsync(node);

        node.Administration.GetStatistics().Should().Be(before);
        ((string[])["hit", "stale", "miss", "unavailable"]).Select(outcome => meter.Now($"tier.reads{{outcome={outcome},tier=redis}}")).Should().Equal(reads).And.NotContainNulls();
        node.Memory.Entries.Single().Hits.Should().Be(0);
    }

    private static Task<CacheExplanation> ExplainAsync(EngineFixture node) => node.Administration.ExplainAsync(EngineFixture.Key, default);

    /// <summary>A node with a value in both tiers.</summary>
    private static async Task<EngineFixture> CachedAsync(IReadOnlyList<string>? tags = null)
    {
        var node = new EngineFixture(redis: true);
        await node.GetAsync(_ => Task.FromResult<LoadResult<string>>("a"), tags: tags);
        await node.Tier.HasAsync(1);
        return node;
    }
}
