using Microsoft.Extensions.Caching.Hybrid;
using NeuroLab.Application.Common;

namespace NeuroLab.UnitTests.Caching.FrontDoors;

public sealed class EngineHybridCacheTests
{
    private static ValueTask<string> Value(HybridCache cache, string value, string key = "k", HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null) =>
        cache.GetOrCreateAsync(key, value, static (state, _) => new ValueTask<string>(state), options, tags);

    [Fact]
    public async Task GetOrCreate_WhenKept_DoesNotCallTheFactory()
    {
        await using var node = new EngineFixture();

        (await Value(node.Hybrid, "a")).Should().Be("a");
        (await Value(node.Hybrid, "b")).Should().Be("a");
        (await Value(node.Hybrid, "b", key: "other")).Should().Be("b");
    }

    [Theory]
    [InlineData("key")]
    [InlineData("keys")]
    [InlineData("tag")]
    [InlineData("tags")]
    [InlineData("all")]
    public async Task Remove_WhenALoadIsRunning_ItsValueIsNotServedAfterwards(string way)
    {
        await using var node = new EngineFixture();
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var loading = node.Hybrid.GetOrCreateAsync(
            "k",
            async _ =>
            {
                began.TrySetResult();
                return await gate.Task;
            },
            tags: ["t"]).AsTask();
        await began.Task;

        await (way switch
        {
            "key" => node.Hybrid.RemoveAsync("k"),
            "keys" => node.Hybrid.RemoveAsync(["j", "k"]),
            "tag" => node.Hybrid.RemoveByTagAsync("t"),
            "tags" => node.Hybrid.RemoveByTagAsync(["s", "t"]),
            _ => node.Hybrid.RemoveByTagAsync("*"),
        });
        gate.SetResult("old");
        await loading;

        (await Value(node.Hybrid, "new", tags: ["t"])).Should().Be("new");
    }

    [Fact]
    public async Task GetOrCreate_WhenTheOriginFails_NeverServesStale()
    {
        await using var node = new EngineFixture();
        await Value(node.Hybrid, "a");
        node.Time.Advance(TimeSpan.FromSeconds(301));

        var failing = async () => await node.Hybrid.GetOrCreateAsync<string>("k", _ => throw new TimeoutException());

        await failing.Should().ThrowAsync<OriginUnavailableException>();
    }

    [Fact]
    public async Task GetOrCreate_WhenFreshnessCannotBeVerified_AsksTheOrigin()
    {
        await using var node = new EngineFixture();
        await Value(node.Hybrid, "a");
        node.Time.Advance(TimeSpan.FromSeconds(3));
        node.Journal.Fails = true;

        (await Value(node.Hybrid, "b")).Should().Be("b");
    }

    [Fact]
    public async Task GetOrCreate_WhenUnderlyingDataIsDisabled_OnlyLooks()
    {
        await using var node = new EngineFixture();
        var lookOnly = new HybridCacheEntryOptions { Flags = HybridCacheEntryFlags.DisableUnderlyingData };

        (await Value(node.Hybrid, "a", options: lookOnly)).Should().BeNull();
        await node.Hybrid.SetAsync("k", "set");
        (await Value(node.Hybrid, "a", options: lookOnly)).Should().Be("set");
    }

    [Fact]
    public async Task GetOrCreate_WhenTheKeyCannotBeKept_CallsTheFactoryEachTime()
    {
        await using var node = new EngineFixture();

        (await Value(node.Hybrid, "a", key: "bad\u0001key")).Should().Be("a");
        (await Value(node.Hybrid, "b", key: "bad\u0001key")).Should().Be("b");
    }

    [Fact]
    public async Task GetOrCreate_WhenAnExpirationIsGiven_Heeds()
    {
        await using var node = new EngineFixture();
        await Value(node.Hybrid, "a", options: new HybridCacheEntryOptions { Expiration = TimeSpan.FromSeconds(5) });
        node.Time.Advance(TimeSpan.FromSeconds(5));

        (await Value(node.Hybrid, "b")).Should().Be("b");
    }
}
