using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.Redis;

/// <summary>The locks by which one node of several loads a key, in a real Redis.</summary>
[Collection("redis")]
public sealed class RedisLoadLockTests(RedisServer server)
{
    private static readonly TimeSpan Expiry = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task TryTake_WhenAnotherNodeHasTheLock_SaysSoUntilItIsGivenBack()
    {
        await using var one = await RedisTierHost.StartAsync(server.Url);
        await using var two = await RedisTierHost.StartAsync(server.Url);
        var key = NewKey();

        var taken = await one.Locks.TryTakeAsync(key, Expiry, default);
        taken.Outcome.Should().Be(LoadLockOutcome.Taken);
        (await two.Locks.TryTakeAsync(key, Expiry, default)).Outcome.Should().Be(LoadLockOutcome.Held);
        await two.Locks.ReleaseAsync(key, Guid.NewGuid());
        (await two.Locks.TryTakeAsync(key, Expiry, default)).Outcome.Should().Be(LoadLockOutcome.Held, "only its owner gives it back");

        await one.Locks.ReleaseAsync(key, taken.Owner);
        await TakesAsync(two, key, Expiry / 2);
    }

    [Fact]
    public async Task TryTake_WhenItWasGivenUpOnAFrozenServer_LeavesNoLockBehindAfterTheThaw()
    {
        await using var one = await RedisTierHost.StartAsync(server.Url, settings: RedisTierHost.UsualTimeout);
        await using var two = await RedisTierHost.StartAsync(server.Url);
        var keys = Enumerable.Range(0, 12).Select(_ => NewKey()).ToList();
        await server.FreezeAsync();
        try
        {
            var givenUp = await Task.WhenAll(keys.Select(key => one.Locks.TryTakeAsync(key, TimeSpan.FromMinutes(10), default).AsTask()));
            givenUp.Should().OnlyContain(attempt => attempt.Outcome == LoadLockOutcome.Unavailable);
        }
        finally
        {
            await server.ThawAsync();
        }

        foreach (var key in keys)
        {
            await TakesAsync(two, key, TimeSpan.FromSeconds(30));
        }
    }

    [Fact]
    public async Task TryTake_WhenThereIsNoRedis_IsUnavailable()
    {
        await using var host = await RedisTierHost.StartAsync(null, waitUntilAvailable: false);

        (await host.Locks.TryTakeAsync(NewKey(), Expiry, default)).Outcome.Should().Be(LoadLockOutcome.Unavailable);
    }

    /// <summary>A lock is given back without being waited for, on a link of its own.</summary>
    private static async Task TakesAsync(RedisTierHost node, CacheKey key, TimeSpan within)
    {
        using var bound = new CancellationTokenSource(within);
        while ((await node.Locks.TryTakeAsync(key, Expiry, default)).Outcome != LoadLockOutcome.Taken)
        {
            await Task.Delay(20, bound.Token);
        }
    }

    private static CacheKey NewKey() => CacheKey.Owned("lock-test", Guid.NewGuid());
}
