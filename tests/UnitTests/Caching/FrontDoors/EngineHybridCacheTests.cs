using Microsoft.Extensions.Caching.Hybrid;
using NeuroLab.Application.Common;

namespace NeuroLab.UnitTests.Caching.FrontDoors;

public sealed class EngineHybridCacheTests
{
    private static readonly string[] Texts = ["bad\u0001key", "half \ud800", new string('x', 3000), "#", "a*[b]?\\", "\0", "größe 😀"];

    private static ValueTask<string> Value(HybridCache cache, string value, string key = "k", HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null) =>
        cache.GetOrCreateAsync(key, value, static (state, _) => new ValueTask<string>(state), options, tags);

    private static Task<string> GatedAsync(HybridCache cache, GatedLoad load) =>
        cache.GetOrCreateAsync("k", load, static async (gated, token) => (await gated.RunAsync(token)).Value, tags: ["t"]).AsTask();

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
        var load = new GatedLoad();
        var loading = GatedAsync(node.Hybrid, load);
        await load.Began;

        await (way switch
        {
            "key" => node.Hybrid.RemoveAsync("k"),
            "keys" => node.Hybrid.RemoveAsync(["j", "k"]),
            "tag" => node.Hybrid.RemoveByTagAsync("t"),
            "tags" => node.Hybrid.RemoveByTagAsync(["s", "t"]),
            _ => node.Hybrid.RemoveByTagAsync("*"),
        });
        load.Finish("old");
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

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public async Task GetOrCreate_WhenThereIsNoKey_CallsTheFactoryEachTime(string key)
    {
        await using var node = new EngineFixture();

        (await Value(node.Hybrid, "a", key)).Should().Be("a");
        (await Value(node.Hybrid, "b", key)).Should().Be("b");
        await node.Hybrid.SetAsync(key, "c");
        await node.Hybrid.RemoveAsync(key);
    }

    /// <summary>By number: the test runner itself does not carry every text.</summary>
    public static TheoryData<int> AnyTexts() => [.. Enumerable.Range(0, Texts.Length)];

    [Theory]
    [MemberData(nameof(AnyTexts))]
    public async Task Keys_OfAnyText_AreKeptApartAndRemoved(int text)
    {
        var key = Texts[text];
        await using var node = new EngineFixture();
        foreach (var other in Texts)
        {
            await Value(node.Hybrid, "value of " + Array.IndexOf(Texts, other), other);
        }

        (await Value(node.Hybrid, "again", key)).Should().Be("value of " + Array.IndexOf(Texts, key));
        await node.Hybrid.RemoveAsync(key);

        foreach (var other in Texts)
        {
            (await Value(node.Hybrid, "new", other)).Should().Be(other == key ? "new" : "value of " + Array.IndexOf(Texts, other));
        }
    }

    [Fact]
    public async Task Keys_ThatLookLikeAHash_AreNotTakenForOne()
    {
        await using var node = new EngineFixture();
        await Value(node.Hybrid, "long", new string('x', 3000));
        var hashed = node.Memory.Entries.Single().Key.Value["hybrid:".Length..];

        (await Value(node.Hybrid, "mine", hashed)).Should().Be("mine");
    }

    [Theory]
    [MemberData(nameof(AnyTexts))]
    public async Task Tags_OfAnyText_AreRemovedBy(int text)
    {
        var tag = Texts[text];
        await using var node = new EngineFixture();
        await Value(node.Hybrid, "a", tags: [tag, "other"]);
        await Value(node.Hybrid, "b", key: "neighbour", tags: ["other"]);

        await node.Hybrid.RemoveByTagAsync(tag);

        (await Value(node.Hybrid, "new")).Should().Be("new");
        (await Value(node.Hybrid, "new", key: "neighbour")).Should().Be("b");
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    public async Task Tags_ThatNameNothingOrAll_AreRefusedOnAValue(string tag)
    {
        await using var node = new EngineFixture();

        var get = async () => await Value(node.Hybrid, "a", tags: [tag]);
        var set = async () => await node.Hybrid.SetAsync("k", "a", tags: [tag]);

        await get.Should().ThrowAsync<ArgumentException>();
        await set.Should().ThrowAsync<ArgumentException>();
    }

    [Fact]
    public async Task Remove_OfNothing_DoesNothing()
    {
        await using var node = new EngineFixture();
        await Value(node.Hybrid, "a");

        await node.Hybrid.RemoveAsync((IEnumerable<string>)null!);
        await node.Hybrid.RemoveByTagAsync((IEnumerable<string>)null!);
        await node.Hybrid.RemoveAsync([]);
        await node.Hybrid.RemoveByTagAsync("");

        (await Value(node.Hybrid, "b")).Should().Be("a");
    }

    [Fact]
    public async Task RemoveByTag_OfAll_LeavesWhatCameInByOtherDoors()
    {
        await using var node = new EngineFixture();
        await Value(node.Hybrid, "a");
        await node.GetAsync("engine");

        await node.Hybrid.RemoveByTagAsync("*");

        (await Value(node.Hybrid, "b")).Should().Be("b");
        (await node.GetAsync("new")).Value.Should().Be("engine");
    }

    public static TheoryData<HybridCacheEntryFlags, bool, bool, string> Flags() => new()
    {
        // What is kept in memory, what in Redis, and what is answered where memory has "memory" and Redis "redis".
        { HybridCacheEntryFlags.None, true, true, "memory" },
        { HybridCacheEntryFlags.DisableLocalCacheRead, true, true, "redis" },
        { HybridCacheEntryFlags.DisableLocalCacheWrite, false, true, "memory" },
        { HybridCacheEntryFlags.DisableLocalCache, false, true, "redis" },
        { HybridCacheEntryFlags.DisableDistributedCacheRead, true, true, "memory" },
        { HybridCacheEntryFlags.DisableDistributedCacheWrite, true, false, "memory" },
        { HybridCacheEntryFlags.DisableDistributedCache, true, false, "memory" },
        { HybridCacheEntryFlags.DisableLocalCacheRead | HybridCacheEntryFlags.DisableDistributedCacheRead, true, true, "factory" },
        { HybridCacheEntryFlags.DisableLocalCacheWrite | HybridCacheEntryFlags.DisableDistributedCacheWrite, false, false, "memory" },
        { HybridCacheEntryFlags.DisableLocalCache | HybridCacheEntryFlags.DisableDistributedCache, false, false, "factory" },
        { HybridCacheEntryFlags.DisableCompression, true, true, "memory" },
    };

    [Theory]
    [MemberData(nameof(Flags))]
    public async Task Flags_OfEveryKind_SayWhatIsReadAndWritten(HybridCacheEntryFlags flags, bool inMemory, bool inRedis, string answer)
    {
        await using var node = new EngineFixture(redis: true);
        await using var other = new EngineFixture(node);
        var options = new HybridCacheEntryOptions { Flags = flags };
        var lookOnly = new HybridCacheEntryOptions { Flags = flags | HybridCacheEntryFlags.DisableUnderlyingData };
        await node.Hybrid.SetAsync("set", "x", options);
        await Value(node.Hybrid, "x", "loaded", options);
        await Eventually.TrueAsync(() => node.Tier.Count == (inRedis ? 2 : 0));
        node.Memory.Count.Should().Be(inMemory ? 2 : 0);

        await node.Hybrid.SetAsync("k", "memory");
        await other.Hybrid.SetAsync("k", "redis");

        (await Value(node.Hybrid, "factory", options: lookOnly)).Should().Be(answer == "factory" ? null : answer);
        (await Value(node.Hybrid, "factory", options: options)).Should().Be(answer);
    }

    [Fact]
    public async Task LocalCacheExpiration_WhenPassed_AsksRedis()
    {
        await using var node = new EngineFixture(redis: true);
        await using var other = new EngineFixture(node);
        var options = new HybridCacheEntryOptions { Expiration = TimeSpan.FromSeconds(100), LocalCacheExpiration = TimeSpan.FromSeconds(10) };
        await node.Hybrid.SetAsync("k", "old", options);
        node.Time.Advance(TimeSpan.FromSeconds(5));
        await other.Hybrid.SetAsync("k", "new", options);

        (await Value(node.Hybrid, "factory", options: options)).Should().Be("old");
        node.Time.Advance(TimeSpan.FromSeconds(5));
        (await Value(node.Hybrid, "factory", options: options)).Should().Be("new");
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(10, 0)]
    public async Task Expirations_OfZero_KeepNothing(int expiration, int local)
    {
        await using var node = new EngineFixture();
        var options = new HybridCacheEntryOptions { Expiration = TimeSpan.FromSeconds(expiration), LocalCacheExpiration = TimeSpan.FromSeconds(local) };

        await Value(node.Hybrid, "a", options: options);

        node.Memory.Count.Should().Be(0);
    }

    [Fact]
    public async Task Overloads_OfTheFrameworksClass_MeetInOneEntry()
    {
        await using var node = new EngineFixture();
        var one = 1;

        (await node.Hybrid.GetOrCreateAsync("key-1", _ => new ValueTask<string>("a"))).Should().Be("a");
        (await node.Hybrid.GetOrCreateAsync($"key-{one}", _ => new ValueTask<string>("b"))).Should().Be("a");
        (await node.Hybrid.GetOrCreateAsync($"key-{one}", "c", (state, _) => new ValueTask<string>(state))).Should().Be("a");
        (await node.Hybrid.GetOrCreateAsync("key-1".AsSpan(), _ => new ValueTask<string>("d"))).Should().Be("a");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Remove_OnAnotherNode_IsSeenByALoadThatRuns(bool byTag)
    {
        await using var node = new EngineFixture(redis: true);
        await using var other = new EngineFixture(node);
        var load = new GatedLoad();
        var loading = GatedAsync(node.Hybrid, load);
        await load.Began;

        await (byTag ? other.Hybrid.RemoveByTagAsync("t") : other.Hybrid.RemoveAsync("k"));
        load.Finish("old");
        await loading;
        await Eventually.TrueAsync(() => node.Flights.Count == 0);

        // The node that removed knows at once; the one that loaded with its next reading, in the window at the latest.
        (await Value(other.Hybrid, "new", tags: ["t"])).Should().Be("new");
        node.Time.Advance(TimeSpan.FromSeconds(2));
        (await Value(node.Hybrid, "new", tags: ["t"])).Should().Be("new");
    }

    [Fact]
    public async Task GetOrCreate_WhenAnExpirationIsGiven_Heeds()
    {
        await using var node = new EngineFixture();
        await Value(node.Hybrid, "a", options: new HybridCacheEntryOptions { Expiration = TimeSpan.FromSeconds(5) });
        node.Time.Advance(TimeSpan.FromSeconds(5));

        (await Value(node.Hybrid, "b")).Should().Be("b");
    }

    [Fact]
    public async Task Memory_WhenTheTagsAloneAreBeyondItsBound_HoldsNone()
    {
        await using var node = new EngineFixture(configure: settings => settings["Cache:MemoryMaxBytes"] = "1048576");
        var tags = Enumerable.Range(0, 20_000).Select(number => $"{number:D200}").ToArray();

        await node.Hybrid.SetAsync("few", 1, null, tags[..10]);
        await node.Hybrid.SetAsync("many", 1, null, tags);

        node.Memory.Count.Should().Be(1);
        node.Memory.SizeBytes.Should().BeGreaterThan(10 * 200 * sizeof(char));
    }
}
