using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.UnitTests.Caching;

/// <summary>Invalidations that meet something under way: whatever the order, nothing overtaken is called fresh.</summary>
public sealed class InvalidationRaceTests
{
    public static TheoryData<string> Ways() => new() { "key", "glob", "tag", "purge", "all" };

    private static Invalidation Of(string way) => way switch
    {
        "key" => Invalidation.OfPattern(CachePattern.Exact(EngineFixture.Key)),
        "glob" => Invalidation.OfPattern(CachePattern.Glob("dash*:1:s?mmary")),
        "tag" => Invalidation.OfTag("t"),
        "purge" => Invalidation.Purge(CachePattern.Glob("dashboard:1:*")),
        _ => Invalidation.OfPattern(CachePattern.All),
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Load_WhenInvalidatedMeanwhile_IsNotServedFreshAfterwards(string way)
    {
        await using var node = new EngineFixture(redis: true);
        await using var other = new EngineFixture(node);
        var load = new GatedLoad();
        var reading = node.GetAsync(load.RunAsync, tags: ["t"]);
        await load.Began;

        await node.Cache.InvalidateAsync([Of(way)], "test", default);
        load.Finish("old");
        await reading;

        (await node.GetAsync(_ => Task.FromResult<LoadResult<string>>("new"), tags: ["t"])).Value.Should().Be("new");
        (await other.GetAsync(_ => Task.FromResult<LoadResult<string>>("new"), tags: ["t"])).Value.Should().Be("new");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Join_WhenInvalidatedSinceTheLease_StartsAnotherLoad(string way)
    {
        await using var node = new EngineFixture();
        var old = new GatedLoad();
        var reading = node.GetAsync(old.RunAsync, tags: ["t"]);
        await old.Began;
        await node.Cache.InvalidateAsync([Of(way)], "test", default);

        var fresh = await node.GetAsync(_ => Task.FromResult<LoadResult<string>>("new"), tags: ["t"]);
        old.Finish("old");
        await reading;
        var after = await node.GetAsync(_ => Task.FromResult<LoadResult<string>>("newer"), tags: ["t"]);

        fresh.Value.Should().Be("new");
        after.Value.Should().Be("new");
    }

    [Fact]
    public async Task Join_WhenATagOfTheCallersAloneWasInvalidated_StartsAnotherLoad()
    {
        await using var node = new EngineFixture();
        var untagged = new GatedLoad();
        var reading = node.GetAsync(untagged.RunAsync);
        await untagged.Began;
        await node.Cache.InvalidateAsync([Invalidation.OfTag("t")], "test", default);

        var fresh = await node.GetAsync(_ => Task.FromResult<LoadResult<string>>("new"), tags: ["t"]).WaitAsync(TimeSpan.FromSeconds(20));
        untagged.Finish("old");
        await reading;

        fresh.Value.Should().Be("new");
    }

    [Fact]
    public async Task Promotion_WhenInvalidatedWhileRedisAnswers_IsNotFresh()
    {
        await using var node = new EngineFixture(redis: true);
        await using var other = new EngineFixture(node);
        await node.GetAsync("old");
        await node.Tier.HasAsync(1);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        node.Tier.AfterGet = () =>
        {
            asked.TrySetResult();
            return gate.Task;
        };

        var reading = other.GetAsync("new");
        await asked.Task;
        await other.InvalidateAsync("*");
        gate.SetResult();

        (await reading).Value.Should().Be("new");
    }

    [Fact]
    public async Task Redis_WhenItGivesBackAnOlderCopy_IsNotBelieved()
    {
        await using var node = new EngineFixture(redis: true);
        await node.GetAsync("old");
        await node.Tier.HasAsync(1);
        await node.InvalidateAsync("*");
        await using var other = new EngineFixture(node);

        (await other.GetAsync("new")).Value.Should().Be("new");
    }

    [Fact]
    public async Task ManualSet_WhenInvalidatedSinceItsLease_IsNotServedFresh()
    {
        await using var node = new EngineFixture(redis: true);
        var miss = await node.Cache.GetAsync<string>(EngineFixture.Key, default);
        await node.InvalidateAsync("*");

        await node.Cache.SetAsync(EngineFixture.Key, "old", CachePolicy.Default, [], miss.Lease, default);

        (await node.GetAsync("new")).Value.Should().Be("new");
    }

    [Fact]
    public async Task OtherNode_AfterTheVerificationWindow_SeesTheWrite()
    {
        await using var node = new EngineFixture();
        await using var other = new EngineFixture(node);
        await other.GetAsync("old");

        await node.InvalidateAsync("*");
        node.Time.Advance(TimeSpan.FromSeconds(2));

        (await other.GetAsync("new")).Value.Should().Be("new");
    }

    [Fact]
    public async Task OtherNode_WithTheToken_SeesTheWriteAtOnce()
    {
        await using var node = new EngineFixture();
        await using var other = new EngineFixture(node);
        await other.GetAsync("old");

        var token = await node.Cache.RemoveAsync(EngineFixture.Key, default);

        (await other.GetAsync("new", options: new CacheReadOptions(After: token))).Value.Should().Be("new");
    }

    [Fact]
    public async Task Token_WhenNotUnderstood_GoesToTheOrigin()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("old");

        (await node.GetAsync("new", options: new CacheReadOptions(After: ConsistencyToken.Unknown))).Value.Should().Be("new");
    }

    [Fact]
    public async Task Hit_WhenTheJournalCannotBeRead_IsMarkedUnverified()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("a");
        node.Time.Advance(TimeSpan.FromSeconds(2));
        node.Journal.Fails = true;

        var down = await node.GetAsync("b");
        node.Journal.Fails = false;
        node.Time.Advance(TimeSpan.FromSeconds(1));
        var back = await node.GetAsync("b");

        down.Value.Should().Be("a");
        down.Freshness.IsStale.Should().BeTrue();
        down.Freshness.StaleReason.Should().Be(StaleReason.Unverified);
        back.Value.Should().Be("a");
        back.Freshness.Source.Should().Be(CacheSource.Memory);
    }

    [Fact]
    public async Task TrustedUntil_CountsFromTheStartOfTheRead()
    {
        await using var node = new EngineFixture(configure: settings => settings["Cache:JournalReadTimeout"] = "00:00:10");
        await node.Follower.CatchUpAsync();
        node.Journal.BeforeRead = () =>
        {
            node.Time.Advance(TimeSpan.FromSeconds(2));
            return Task.CompletedTask;
        };

        await node.Follower.CatchUpAsync();

        node.Administration.IsVerified.Should().BeFalse();
    }

    [Fact]
    public async Task Promotion_NeverOutlivesTheEntry()
    {
        await using var node = new EngineFixture(redis: true);
        await node.GetAsync("a");
        await node.Tier.HasAsync(1);
        node.Time.Advance(TimeSpan.FromSeconds(280));
        await using var other = new EngineFixture(node);

        var promoted = await other.GetAsync("b");
        node.Time.Advance(TimeSpan.FromSeconds(20));
        var after = await other.GetAsync("b");

        promoted.Freshness.Source.Should().Be(CacheSource.Redis);
        promoted.Freshness.FreshUntil.Should().Be(promoted.Freshness.CachedAt.AddSeconds(300));
        after.Value.Should().Be("b");
    }

    [Fact]
    public async Task Promotion_WhenTheJournalIsReadMeanwhile_CountsTheTimeThatItTakes()
    {
        var policy = new CachePolicy { TimeToLive = TimeSpan.FromSeconds(10) };
        await using var node = new EngineFixture(redis: true);
        await using var other = new EngineFixture(node);
        await other.Follower.CatchUpAsync();
        await node.Journal.CommitElsewhereAsync("nothing");
        await node.GetAsync("a", policy);
        await node.Tier.HasAsync(1);
        node.Journal.BeforeRead = () =>
        {
            node.Time.Advance(TimeSpan.FromSeconds(0.9));
            return Task.CompletedTask;
        };

        var promoted = await other.GetAsync("b", policy);
        node.Journal.BeforeRead = null;
        node.Time.Advance(TimeSpan.FromSeconds(9.1));
        var after = await other.GetAsync("b", policy);

        promoted.Freshness.Source.Should().Be(CacheSource.Redis);
        after.Value.Should().Be("b");
    }

    [Fact]
    public async Task Redis_WhenDown_IsPassedOver()
    {
        await using var node = new EngineFixture(redis: true);
        node.Tier.IsDown = true;

        (await node.GetAsync("a")).Freshness.Source.Should().Be(CacheSource.Origin);
        (await node.GetAsync("b")).Freshness.Source.Should().Be(CacheSource.Memory);
    }

    [Fact]
    public async Task Redis_WhenTheShapeOfTheTypeChanged_IsAMiss()
    {
        await using var node = new EngineFixture(redis: true);
        await node.GetAsync("a");
        await node.Tier.HasAsync(1);
        node.Tier.Change(EngineFixture.Key, entry => entry with { Schema = entry.Schema + 1 });
        await using var other = new EngineFixture(node);

        (await other.GetAsync("b")).Freshness.Source.Should().Be(CacheSource.Origin);
    }

    [Fact]
    public async Task Redis_WhenTheValueIsOfAnotherJournal_IsAMiss()
    {
        await using var node = new EngineFixture(redis: true);
        await node.GetAsync("a");
        await node.Tier.HasAsync(1);
        node.Tier.Change(EngineFixture.Key, entry => entry with { JournalId = Guid.NewGuid() });
        await using var other = new EngineFixture(node);

        (await other.GetAsync("b")).Freshness.Source.Should().Be(CacheSource.Origin);
    }

    [Fact]
    public async Task Journal_WhenItTurnsOutToBeAnother_DropsEverything()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("a");
        node.Journal.Change = reading => reading with { JournalId = new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11) };
        await node.Follower.CatchUpAsync();

        (await node.GetAsync("b")).Value.Should().Be("b");
    }

    [Fact]
    public async Task Restart_WhenRecordsWereTrimmed_DoesNotBelieveOlderLeases()
    {
        await using var node = new EngineFixture(redis: true);
        await node.GetAsync("old");
        await node.Tier.HasAsync(1);
        await node.Journal.CommitElsewhereAsync("*");
        node.Time.Advance(TimeSpan.FromSeconds(30));
        await node.Journal.TrimAsync(node.Time.GetUtcNow().UtcDateTime, default);
        await node.Journal.CommitElsewhereAsync("nothing:*");
        await using var restarted = new EngineFixture(node);

        (await restarted.GetAsync("new")).Value.Should().Be("new");
    }
}
