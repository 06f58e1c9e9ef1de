using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.IntegrationTests.Fixtures;
using NeuroLab.IntegrationTests.Http;

namespace NeuroLab.IntegrationTests.Redis;

/// <summary>How many values match, as far as that can be known soon.</summary>
[Collection("redis")]
public sealed class RedisCountTests(RedisServer server)
{
    [Fact]
    public async Task CountAsync_WhenKeysMatch_CountsOwnValuesAndNoLocksOrOthersKeys()
    {
        var prefix = Guid.NewGuid().ToString("N") + ":";
        await using var connection = await server.ConnectAsync();
        var database = connection.GetDatabase();
        await using var host = await RedisTierHost.StartAsync(server.Url, settings: ("Cache:KeyPrefix", prefix));
        foreach (var number in Enumerable.Range(0, 12))
        {
            await host.Tier.SetAsync(CacheKey.Of($"count:{number}"), RedisTierHost.Entry("x"), default);
        }

        (await host.Locks.TryTakeAsync(CacheKey.Of("count:0"), TimeSpan.FromMinutes(1), default)).Outcome.Should().Be(LoadLockOutcome.Taken);
        await database.StringSetAsync($"x{prefix}count:0", "v");

        (await host.Tier.CountAsync(CachePattern.All, default)).Should().Be(12);
        (await host.Tier.CountAsync(CachePattern.Glob("count:1*"), default)).Should().Be(3);
        (await host.Tier.CountAsync(CachePattern.Glob("nothing:*"), default)).Should().Be(0);
    }

    [Fact]
    public async Task CountAsync_WhenThereAreMoreKeysThanAreWalked_IsNotKnown()
    {
        const int index = 7;
        await using var connection = await server.ConnectAsync();
        var database = connection.GetDatabase(index);
        await using var host = await RedisTierHost.StartAsync($"{server.Url}/{index}");
        await database.ScriptEvaluateAsync("for i = 1, 120000 do redis.call('SET', 'others:' .. i, '') end");
        try
        {
            (await host.Tier.CountAsync(CachePattern.All, default)).Should().BeNull("who asks waits for it");
        }
        finally
        {
            await database.ExecuteAsync("FLUSHDB");
        }

        // A server that executes for long answers no heartbeat meanwhile.
        await host.UntilAsync(() => host.Tier.IsAvailable, "available after the script");
        (await host.Tier.CountAsync(CachePattern.All, default)).Should().Be(0);
    }

    [Fact]
    public async Task CountAsync_WhenItTakesTooLong_IsNotKnown()
    {
        const int index = 8;
        await using var connection = await server.ConnectAsync();
        var database = connection.GetDatabase(index);
        var clock = new HastyClock();
        await using var host = await RedisTierHost.StartAsync($"{server.Url}/{index}", clock: clock);
        await database.ScriptEvaluateAsync("for i = 1, 3000 do redis.call('SET', 'others:' .. i, '') end");
        try
        {
            (await host.Tier.CountAsync(CachePattern.All, default)).Should().Be(0, "it takes no time");

            clock.Hastens = true;
            (await host.Tier.CountAsync(CachePattern.All, default)).Should().BeNull("who asks waits for it");
        }
        finally
        {
            clock.Hastens = false;
            await database.ExecuteAsync("FLUSHDB");
        }
    }

    [Fact]
    public async Task CountAsync_WhenRedisCannotBeReached_IsNotKnown()
    {
        await using var host = await RedisTierHost.StartAsync("redis://127.0.0.1:1", waitUntilAvailable: false);

        (await host.Tier.CountAsync(CachePattern.All, default)).Should().BeNull();
    }

    /// <summary>The machine's clock, on which time passes with each look, where it is asked to.</summary>
    private sealed class HastyClock : TimeProvider
    {
        private readonly SteppedClock _clock = new();

        public bool Hastens { get; set; }

        public override long TimestampFrequency => _clock.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => _clock.GetUtcNow();

        public override long GetTimestamp()
        {
            if (Hastens)
            {
                _clock.Pass(TimeSpan.FromMilliseconds(100));
            }

            return _clock.GetTimestamp();
        }
    }
}
