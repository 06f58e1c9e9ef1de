using System.Collections.Concurrent;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.UnitTests.Caching;

/// <summary>One load across nodes, and what a lock that misbehaves costs.</summary>
public sealed class LoadTurnTests
{
    private static Task<LoadResult<string>> Never(CancellationToken token) => throw new InvalidOperationException("This node must not load.");

    [Fact]
    public async Task Load_WhenAnotherNodeHasTheLock_TakesItsValue()
    {
        await using var node = new EngineFixture(redis: true, locks: new TestLock());
        await using var other = new EngineFixture(node);
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new TaskCompletionSource<LoadResult<string>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var loading = node.GetAsync(_ =>
        {
            began.TrySetResult();
            return gate.Task;
        });
        await began.Task;
        var waiting = other.GetAsync(Never);

        gate.SetResult("a");
        await loading;
        await Eventually.TrueAsync(() =>
        {
            node.Time.Advance(TimeSpan.FromMilliseconds(20));
            return waiting.IsCompleted;
        });

        (await waiting).Value.Should().Be("a");
        (await waiting).Freshness.Source.Should().Be(CacheSource.Redis);
        await Eventually.TrueAsync(() => node.Locks!.Count == 0);
    }

    [Fact]
    public async Task Load_WhenTheLockIsStuck_GoesAheadAtItsBound()
    {
        var locks = new TestLock { IsStuck = true };
        await using var node = new EngineFixture(redis: true, locks: locks);
        var start = node.Time.GetUtcNow();
        var reading = node.GetAsync("a");

        await Eventually.TrueAsync(() =>
        {
            node.Time.Advance(TimeSpan.FromMilliseconds(100));
            return reading.IsCompleted;
        });

        (await reading).Freshness.Source.Should().Be(CacheSource.Origin);
        (node.Time.GetUtcNow() - start).Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Load_WhenItsNodeDies_LeavesTheOthersTimeToLoadWithinTheirBound()
    {
        var locks = new TestLock();
        await using var node = new EngineFixture(redis: true, locks: locks);

        await node.GetAsync("a");

        locks.Expiry.Should().Be(TimeSpan.FromSeconds(5), "half of the 10 s that the others wait: the other half is for the load of the one who takes it up");
    }

    [Fact]
    public async Task Load_WhenTheValueWasStoredJustBeforeTheLockWasTaken_IsNotRepeated()
    {
        var locks = new TestLock();
        await using var node = new EngineFixture(redis: true, locks: locks);
        await using var other = new EngineFixture(node);
        locks.BeforeTake = async () =>
        {
            locks.BeforeTake = null;
            await node.GetAsync("a");
            await node.Tier.HasAsync(1);
            await Eventually.TrueAsync(() => locks.Count == 0);
        };

        (await other.GetAsync(Never)).Value.Should().Be("a");
    }

    [Fact]
    public async Task Load_WhenItFails_GivesTheLockBack()
    {
        var locks = new TestLock();
        await using var node = new EngineFixture(redis: true, locks: locks);
        var failing = () => node.GetFailingAsync(new InvalidOperationException("bug"));
        await failing.Should().ThrowAsync<InvalidOperationException>();

        await Eventually.TrueAsync(() => locks.Count == 0);
    }

    [Fact]
    public async Task Load_WhenTheLastCallerHangsUpWithTheLockInHand_GivesItBack()
    {
        var locks = new TestLock();
        await using var node = new EngineFixture(redis: true, locks: locks);
        await node.Follower.CatchUpAsync();
        using var caller = new CancellationTokenSource();
        var gets = 0;
        var lookedTwice = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        node.Tier.AfterGet = async () =>
        {
            if (++gets == 2)
            {
                await caller.CancelAsync();
                lookedTwice.SetResult();
                throw new OperationCanceledException();
            }
        };
        var reading = node.GetAsync(Never, cancellationToken: caller.Token);

        var cancelled = () => reading;
        await cancelled.Should().ThrowAsync<OperationCanceledException>();
        await lookedTwice.Task;
        await Eventually.TrueAsync(() => locks.Count == 0);
    }

    [Fact]
    public async Task Load_WhenItTakesThePlaceOfOneThatHasTheLock_DoesNotWaitForIt()
    {
        await using var node = new EngineFixture(redis: true, locks: new TestLock());
        var old = new GatedLoad();
        var reading = node.GetAsync(old.RunAsync);
        await old.Began;
        await node.InvalidateAsync("*");

        (await node.GetAsync("new")).Value.Should().Be("new");

        old.Finish("old");
        await reading;
    }

    [Fact]
    public async Task Load_WhenRedisDidNotAnswer_DoesNotAskItForALock()
    {
        var asked = false;
        var locks = new TestLock
        {
            BeforeTake = () =>
            {
                asked = true;
                return Task.CompletedTask;
            },
        };
        await using var node = new EngineFixture(redis: true, locks: locks);
        node.Tier.IsDown = true;

        await node.GetAsync("a");

        asked.Should().BeFalse();
    }
}

/// <summary>Locks in memory, which can be stuck.</summary>
internal sealed class TestLock : ILoadLock
{
    private readonly ConcurrentDictionary<CacheKey, Guid> _owners = new();

    public bool IsStuck { get; init; }

    public Func<Task>? BeforeTake { get; set; }

    public int Count => _owners.Count;

    /// <summary>Of the last attempt.</summary>
    public TimeSpan Expiry { get; private set; }

    public async ValueTask<LoadLockResult> TryTakeAsync(CacheKey key, TimeSpan expiry, CancellationToken cancellationToken)
    {
        if (BeforeTake is { } wait)
        {
            await wait();
        }

        Expiry = expiry;
        var owner = Guid.NewGuid();
        return !IsStuck && _owners.TryAdd(key, owner) ? new(LoadLockOutcome.Taken, owner) : new(LoadLockOutcome.Held, default);
    }

    public ValueTask ReleaseAsync(CacheKey key, Guid owner)
    {
        _owners.TryRemove(new KeyValuePair<CacheKey, Guid>(key, owner));
        return default;
    }
}
