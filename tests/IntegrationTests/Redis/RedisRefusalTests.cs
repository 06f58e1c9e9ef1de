using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.Redis;

/// <summary>A store that answers and refuses, and settings that stop the start.</summary>
public sealed class RedisRefusalTests
{
    private static readonly CacheKey Key = CacheKey.Of("refusal:key");

    [Fact]
    public async Task SetAsync_WhenTheStoreIsFull_IsRefusedWhileReadsGoOn()
    {
        await using var server = await RedisServer.StartNewAsync(arguments: ["--maxmemory", "3mb", "--maxmemory-policy", "noeviction"]);
        await using var host = await RedisTierHost.StartAsync(server.Url);
        (await host.Tier.SetAsync(Key, RedisTierHost.Entry("x"), default)).Should().BeTrue("{0}", host.Log);
        var filler = RedisTierHost.Entry("") with { Payload = Random(100_000) };
        var i = 0;
        while (await host.Tier.SetAsync(CacheKey.Of($"filler:{i}"), filler, default))
        {
            (++i).Should().BeLessThan(100, "3 MB hold no more");
        }

        // At the very brink a buffer more or less decides: a little less memory makes it certain.
        await server.ExecuteAsync("CONFIG", "SET", "maxmemory", "1mb");
        for (var n = 0; n < 20; n++)
        {
            (await host.Tier.SetAsync(CacheKey.Of("more"), filler, default)).Should().BeFalse();
        }

        (await host.Tier.GetAsync(Key, default)).Outcome.Should().Be(DistributedReadOutcome.Found);
        host.Calls.Circuit.Should().Be("closed", "a full store answers");
        (await host.Tier.GetStatusAsync(default)).Status.Should().Be("error");
        host.Log.ToString().Should().Contain("OOM");
        host.Log.Lines.Count(l => l.Contains(" 1212 ", StringComparison.Ordinal)).Should().Be(1);

        (await host.Tier.PurgeAsync(CachePattern.Glob("filler:*"), default)).Should().BePositive();
        await server.ExecuteAsync("CONFIG", "SET", "maxmemory", "3mb");
        (await host.Tier.SetAsync(CacheKey.Of("more"), filler, default)).Should().BeTrue("there is room again");
        (await host.Tier.GetStatusAsync(default)).Status.Should().Be("healthy");
    }

    [Fact]
    public async Task SetAsync_WhenTheStoreIsOnlyAReplica_IsRefused()
    {
        await using var server = await RedisServer.StartNewAsync();
        await using var host = await RedisTierHost.StartAsync(server.Url);
        await host.Tier.SetAsync(Key, RedisTierHost.Entry("x"), default);
        await server.ExecuteAsync("REPLICAOF", "127.0.0.1", Ports.Free());

        (await host.Tier.SetAsync(Key, RedisTierHost.Entry("y"), default)).Should().BeFalse();

        await server.ExecuteAsync("REPLICAOF", "NO", "ONE");
        await host.UntilAsync(() => host.Tier.IsAvailable && host.Tier.SetAsync(Key, RedisTierHost.Entry("z"), default).AsTask().GetAwaiter().GetResult(), "writable again");
    }

    [Fact]
    public async Task Tier_WhenNothingIsConfigured_HoldsNothing()
    {
        await using var host = await RedisTierHost.StartAsync(null, waitUntilAvailable: false);

        host.Tier.IsConfigured.Should().BeFalse();
        host.Tier.IsAvailable.Should().BeFalse();
        (await host.Tier.SetAsync(Key, RedisTierHost.Entry("x"), default)).Should().BeFalse();
        (await host.Tier.GetAsync(Key, default)).Should().Be(DistributedRead.Miss);
        (await host.Tier.PurgeAsync(CachePattern.All, default)).Should().Be(0);
        (await host.Tier.ListAsync(CachePattern.All, 10, default)).Entries.Should().BeEmpty();
        (await host.Tier.GetStatusAsync(default)).Status.Should().Be("disabled");
    }

    [Theory]
    [InlineData("REDIS_URL", "http://u:hunter2@h", "REDIS_URL")]
    [InlineData("REDIS_URL", "redis://u:hunter2@h:99999", "REDIS_URL")]
    [InlineData("REDIS_URL", "redis://hunter2@h", "REDIS_URL")]
    [InlineData("REDIS_URL", "redis://:hunter2@h/x", "REDIS_URL")]
    [InlineData("REDIS_URL", "redis://:hunter2@h,g/1", "REDIS_URL")]
    [InlineData("REDIS_URL", "redis://:hunter2@h?ssl=true", "REDIS_URL")]
    [InlineData("Cache:Redis:HardTimeout", "00:01:00", "Cache__Redis__HardTimeout")]
    [InlineData("Cache:Redis:HardTimeout", "soon", "Cache__Redis__HardTimeout")]
    [InlineData("Cache:Redis:MaxCallsInFlight", "0", "Cache__Redis__MaxCallsInFlight")]
    [InlineData("Cache:Redis:Breaker:FailureRatio", "2", "Cache__Redis__Breaker__FailureRatio")]
    [InlineData("Cache:Redis:NoSuchSetting", "1", "NoSuchSetting")]
    [InlineData("Cache:KeyPrefix", "a\u0001b", "Cache__KeyPrefix")]
    public async Task Start_WhenASettingIsWrong_FailsWithASentenceThatNamesItAndNoPassword(string setting, string value, string named)
    {
        var start = () => RedisTierHost.StartAsync(null, waitUntilAvailable: false, settings: (setting, value));

        var message = (await start.Should().ThrowAsync<Exception>()).Which.ToString();
        message.Should().Contain(named).And.NotContain("hunter2");
    }

    private static byte[] Random(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
