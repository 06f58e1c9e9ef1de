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
        (await two.Locks.TryTakeAsync(key, Expiry, default)).Outcome.Should().Be(LoadLockOutcome.Taken);
    }

    [Fact]
    public async Task TryTake_WhenTheLockIsThisNodesOwn_IsTakenAgain()
    {
        await using var one = await RedisTierHost.StartAsync(server.Url);
        await using var two = await RedisTierHost.StartAsync(server.Url);
        var key = NewKey();
        await one.Locks.TryTakeAsync(key, Expiry, default);

        var again = await one.Locks.TryTakeAsync(key, Expiry, default);

        again.Outcome.Should().Be(LoadLockOutcome.Taken);
        await one.Locks.ReleaseAsync(key, again.Owner);
        (await two.Locks.TryTakeAsync(key, Expiry, default)).Outcome.Should().Be(LoadLockOutcome.Taken);
    }

    [Fact]
    public async Task TryTake_WhenThereIsNoRedis_IsUnavailable()
    {
        await using var host = await RedisTierHost.StartAsync(null, waitUntilAvailable: false);

        (await host.Locks.TryTakeAsync(NewKey(), Expiry, default)).Outcome.Should().Be(LoadLockOutcome.Unavailable);
    }

    private static CacheKey NewKey() => CacheKey.Owned("lock-test", Guid.NewGuid());
}
