using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.UnitTests.Caching;

/// <summary>The tags of an entry are those that its caller gave, whatever he does with his list.</summary>
public sealed class EntryTagsTests
{
    [Theory]
    [InlineData("load")]
    [InlineData("refresh")]
    [InlineData("set")]
    public async Task Tags_WhenTheCallerChangesHisListMeanwhile_StayThoseOfTheEntry(string way)
    {
        await using var node = new EngineFixture(configure: settings => settings["Cache:EagerRefresh"] = "0.9");
        var tags = new List<string> { "a" };
        await node.GetAsync(_ => Task.FromResult<LoadResult<string>>("old"), tags: ["a"]);
        node.Time.Advance(TimeSpan.FromSeconds(way == "load" ? 301 : 280));
        var load = new GatedLoad();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (way == "refresh")
        {
            await node.Follower.CatchUpAsync();
        }
        else
        {
            node.Journal.BeforeRead = () => gate.Task;
        }

        Task storing = way == "set"
            ? node.Cache.SetAsync(EngineFixture.Key, "old", CachePolicy.Default, tags, null, default)
            : node.GetAsync(load.RunAsync, tags: tags);
        tags[0] = "b";
        gate.SetResult();
        load.Finish("old");
        await storing;
        await Eventually.TrueAsync(() => node.Flights.Count == 0);
        await node.Cache.InvalidateAsync([Invalidation.OfTag("a")], "test", default);

        (await node.GetAsync("new")).Value.Should().Be("new");
    }

    [Fact]
    public async Task Tags_WhenTheCallerChangesHisList_StayThoseOfTheEntry()
    {
        await using var node = new EngineFixture();
        var tags = new List<string> { "a" };
        await node.GetAsync(_ => Task.FromResult<LoadResult<string>>("old"), tags: tags);
        tags[0] = "b";
        await node.Cache.InvalidateAsync([Invalidation.OfTag("a")], "test", default);
        (await node.GetAsync("new")).Value.Should().Be("new");
    }
}
