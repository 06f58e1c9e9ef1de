using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Application.CacheAdministration;
using NeuroLab.Infrastructure.Caching.Observatory;
using NeuroLab.Infrastructure.Resilience;

namespace NeuroLab.UnitTests.Caching.Observatory;

/// <summary>What a watcher sees of the events, and how it goes on after it was away.</summary>
public sealed class CacheWatchTests : IAsyncLifetime
{
    private readonly EngineFixture _node = new();

    private EventFeed Feed => _node.Services.GetRequiredService<EventFeed>();

    private NodeIdentity Identity => _node.Services.GetRequiredService<NodeIdentity>();

    public async Task InitializeAsync()
    {
        _ = Feed;
        await _node.Follower.CatchUpAsync();
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task Watch_WhenItBegins_ShowsThisNodeAndSaysFromWhereOn()
    {
        await _node.InvalidateAsync("before:*");
        await using var reader = new WatchReader(_node.Services.GetRequiredService<ICacheObservatory>().Watch(null));

        var (id, seen) = await reader.NextAsync();

        id.Should().Be($"{Identity.Id:D}-1");
        var shown = seen.Should().BeOfType<NodesEvent>().Subject.Nodes.Should().ContainSingle().Subject;
        (shown.Id, shown.IsThis, shown.Name).Should().Be((Identity.Id, true, $"node-{Identity.Id.ToString("N")[..4]}"));
        await _node.InvalidateAsync("after:*");
        (await reader.TextsToAsync("after:*")).Should().Equal(["after:*"], "what was before is not shown");
    }

    [Fact]
    public async Task Watch_WhenItIsResumed_GoesOnAfterTheLastEventThatWasSeen()
    {
        var first = await WatchReader.BeginAsync(_node);
        await _node.InvalidateAsync("a:*");
        await _node.InvalidateAsync("b:*");
        var seen = await first.NextAsync();
        await first.DisposeAsync();
        await _node.InvalidateAsync("c:*");

        await using var again = await WatchReader.BeginAsync(_node, seen.Id);

        (await again.TextsToAsync("c:*")).Should().Equal("b:*", "c:*");
        (await again.EndsAsync()).Should().BeTrue();
    }

    [Fact]
    public async Task Watch_WhenItWasCutOffBeforeItsFirstEvent_LosesNone()
    {
        var first = new WatchReader(_node.Services.GetRequiredService<ICacheObservatory>().Watch(null));
        var begin = await first.NextAsync();
        await first.DisposeAsync();
        await _node.InvalidateAsync("a:*");

        await using var again = await WatchReader.BeginAsync(_node, begin.Id);

        (await again.NextAsync<InvalidationEvent>()).Text.Should().Be("a:*");
    }

    [Theory]
    [InlineData("{other}-1")]
    [InlineData("{this}-2")]
    [InlineData("{this}--1")]
    [InlineData("{this}- 1")]
    [InlineData("{this}-99999999999999999999")]
    [InlineData("{this}")]
    [InlineData("nonsense")]
    [InlineData("-")]
    public async Task Watch_WhenTheLastEventIsNoneOfThisNode_SaysThatSomeMayBeMissing(string id)
    {
        await _node.InvalidateAsync("a:*");

        await using var reader = await WatchReader.BeginAsync(
            _node, id.Replace("{this}", Identity.Id.ToString("D"), StringComparison.Ordinal).Replace("{other}", Guid.NewGuid().ToString("D"), StringComparison.Ordinal));

        (await reader.NextAsync()).Should().Be(new WatchedEvent(null, new GapEvent(null)));
        await _node.InvalidateAsync("b:*");
        (await reader.NextAsync<InvalidationEvent>()).Text.Should().Be("b:*");
    }

    [Fact]
    public async Task Watch_WhenItIsReadTooSlowly_SeesHowManyAreGoneAndTheOthers()
    {
        const int beyond = 250;
        await using var reader = await WatchReader.BeginAsync(_node);
        for (var number = 1; number <= EventFeed.Kept + beyond; number++)
        {
            Feed.Add(new CircuitEvent(DateTime.UnixEpoch, "redis", "closed", $"{number}"));
        }

        (await reader.NextAsync()).Should().Be(new WatchedEvent(null, new GapEvent(beyond)));
        for (var number = beyond + 1; number <= EventFeed.Kept + beyond; number++)
        {
            var (id, seen) = await reader.NextAsync();
            ((CircuitEvent)seen).To.Should().Be($"{number}");
            id.Should().Be(Feed.IdOf(number));
        }

        (await reader.EndsAsync()).Should().BeTrue();
    }

    [Fact]
    public async Task Watch_WhenItIsResumedAfterAllThatIsKept_LosesNone()
    {
        for (var number = 1; number <= EventFeed.Kept + 1; number++)
        {
            Feed.Add(new CircuitEvent(DateTime.UnixEpoch, "redis", "closed", $"{number}"));
        }

        await using var justInTime = await WatchReader.BeginAsync(_node, Feed.IdOf(1));
        await using var tooLate = await WatchReader.BeginAsync(_node, Feed.IdOf(0));

        (await justInTime.NextAsync<CircuitEvent>()).To.Should().Be("2");
        (await tooLate.NextAsync<GapEvent>()).Missed.Should().Be(1);
        (await tooLate.NextAsync<CircuitEvent>()).To.Should().Be("2");
    }

    [Fact]
    public async Task Watch_WhenItEnds_IsNotToldAnyMore()
    {
        var watchers = _node.Services.GetRequiredService<Watchers>();
        var reader = await WatchReader.BeginAsync(_node);
        watchers.Any.Should().BeTrue();

        await reader.DisposeAsync();

        watchers.Any.Should().BeFalse();
    }

    [Fact]
    public async Task Circuits_WhenTheyChange_AreShownWithTheirStateBefore()
    {
        Action<string>? tell = null;
        await using var node = new EngineFixture(add: services =>
        {
            services.AddSingleton(new ObservedCircuit("database", () => "closed", told => tell = told));
            services.AddSingleton(new ObservedCircuit("redis", () => null));
        });
        await using var reader = await WatchReader.BeginAsync(node);

        foreach (var state in (string[])["open", "half_open", "closed"])
        {
            tell!(state);
        }

        var now = node.Time.GetUtcNow().UtcDateTime;
        (await reader.NextAsync<CircuitEvent>()).Should().Be(new CircuitEvent(now, "database", "closed", "open"));
        (await reader.NextAsync<CircuitEvent>()).Should().Be(new CircuitEvent(now, "database", "open", "half_open"));
        (await reader.NextAsync<CircuitEvent>()).Should().Be(new CircuitEvent(now, "database", "half_open", "closed"));
    }
}
