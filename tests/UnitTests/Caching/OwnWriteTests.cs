using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;

namespace NeuroLab.UnitTests.Caching;

/// <summary>What this node wrote is known to it before the write is answered, whether the journal can be read or not.</summary>
public sealed class OwnWriteTests
{
    [Fact]
    public async Task OwnWrite_WhenItCannotBeReadBack_IsSeenByTheNextReadAllTheSame()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("old");
        var position = await node.Journal.CommitElsewhereAsync("*");
        node.Journal.Fails = true;

        await node.Commits.CommittedAsync(position, [Invalidation.OfPattern(CachePattern.All)], "");

        (await node.GetAsync("new")).Value.Should().Be("new");
    }

    [Fact]
    public async Task OwnWrite_WhenWhatItOvertookIsLoaded_IsReadBackFirst()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("old");
        var position = await node.Journal.CommitElsewhereAsync("*");

        await node.Commits.CommittedAsync(position, [Invalidation.OfPattern(CachePattern.All)], "");
        var loaded = await node.GetAsync("new");
        var again = await node.GetAsync("newer");

        loaded.Value.Should().Be("new");
        again.Value.Should().Be("new", "it was leased past the write");
        again.Freshness.Source.Should().Be(CacheSource.Memory);
    }

    [Fact]
    public async Task OwnWrite_WhenTheFirstReadingWasSentBeforeIt_IsNotForgottenWithIt()
    {
        await using var elsewhere = new EngineFixture(redis: true);
        await elsewhere.GetAsync("old");
        await elsewhere.Tier.HasAsync(1);
        await using var node = new EngineFixture(elsewhere);
        var (sent, gate) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        node.Journal.BeforeRead = () =>
        {
            sent.TrySetResult();
            return gate.Task;
        };
        var first = node.Follower.CatchUpAsync();
        await sent.Task;

        var position = await node.Journal.CommitElsewhereAsync("*");
        await node.Commits.CommittedAsync(position, [Invalidation.OfPattern(CachePattern.All)], "");
        node.Journal.BeforeRead = null;
        gate.SetResult();
        await first;

        (await node.GetAsync("new")).Value.Should().Be("new", "the copy in Redis was loaded before the write");
    }

    [Fact]
    public async Task OwnWrite_WhenTheJournalWasReadPastItMeanwhile_CostsNoTrust()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("old");
        var position = await node.Journal.CommitElsewhereAsync("other");
        await node.Follower.CatchUpAsync();

        await node.Commits.CommittedAsync(position, [Invalidation.OfPattern(CachePattern.Glob("other"))], "");

        node.GetAsync("new").IsCompletedSuccessfully.Should().BeTrue("the journal was read, and what is in memory still holds");
        node.Follower.TrustedUntil.Should().BePositive();
    }

    [Fact]
    public async Task Set_WhenThisNodeHasJustInvalidatedTheKey_IsKept()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("old");
        await node.Cache.RemoveAsync(EngineFixture.Key, default);

        await node.Cache.SetAsync(EngineFixture.Key, "set", CachePolicy.Default, [], null, default);

        (await node.GetAsync("new")).Value.Should().Be("set");
    }

    [Fact]
    public async Task Set_WithTheLeaseOfAMissAfterAnOwnWriteOfItsTag_IsKept()
    {
        await using var node = new EngineFixture();
        await node.Follower.CatchUpAsync();
        await node.Cache.InvalidateAsync([Invalidation.OfTag("t")], "test", default);
        var missed = await node.Cache.GetAsync<string>(EngineFixture.Key, default);

        await node.Cache.SetAsync(EngineFixture.Key, "set", CachePolicy.Default, ["t"], missed.Lease, default);

        (await node.GetAsync("new")).Value.Should().Be("set");
    }

    [Fact]
    public async Task OwnWrite_WhenItCannotBeReadBack_IsTheCommandsForWhoeverObserves()
    {
        var seen = new Observer();
        await using var node = new EngineFixture(add: services => services.AddSingleton<IJournalObserver>(seen));
        node.Journal.Fails = true;

        await node.Commits.CommittedAsync(7, [Invalidation.OfTag("t")], "DeleteAccount");

        seen.Records.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Position = 7, Command = "DeleteAccount", Invalidation = Invalidation.OfTag("t") });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OwnWrite_WhenItCannotBeReadBack_IsKnownAllTheSame(bool isPurge)
    {
        await using var node = new EngineFixture();
        await node.GetAsync("old");
        var position = await node.Journal.CommitElsewhereAsync("*");
        node.Journal.Fails = true;

        await node.Commits.CommittedAsync(position, [Invalidation.OfPattern(CachePattern.All) with { IsPurge = isPurge }], "");

        var reading = () => node.GetFailingAsync();
        if (isPurge)
        {
            await reading.Should().ThrowAsync<OriginUnavailableException>();
        }
        else
        {
            (await reading()).Freshness.Invalidated.Should().BeTrue();
        }
    }

    [Fact]
    public async Task OwnWrite_WhenAnOlderReadEndsAfterwards_IsNotForgotten()
    {
        await using var node = new EngineFixture();
        await node.GetAsync("old");
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        node.Journal.BeforeRead = () =>
        {
            sent.TrySetResult();
            return gate.Task;
        };
        var older = node.Follower.CatchUpAsync();
        await sent.Task;
        node.Journal.BeforeRead = null;
        await node.Journal.CommitElsewhereAsync("*");
        node.Time.Advance(TimeSpan.FromMilliseconds(1));
        node.Follower.Distrust();
        gate.SetResult();
        await older;

        node.Administration.IsVerified.Should().BeFalse();
        (await node.GetAsync("new")).Value.Should().Be("new");
    }

    private sealed class Observer : IJournalObserver
    {
        public List<JournalRecord> Records { get; } = [];

        public void OnRecords(IReadOnlyList<JournalRecord> records) => Records.AddRange(records);
    }
}
