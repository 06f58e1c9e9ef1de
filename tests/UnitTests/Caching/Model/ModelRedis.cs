using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Journal;

namespace NeuroLab.UnitTests.Caching.Model;

/// <summary>The Redis that all nodes share: values, locks, and an older copy of the values that it may come back with.</summary>
internal sealed class ModelRedis(TimeProvider clock)
{
    private Dictionary<CacheKey, StoredValue> _values = [];
    private Dictionary<CacheKey, StoredValue> _olderCopy = [];

    public bool IsUp { get; set; } = true;

    public Dictionary<CacheKey, HeldLock> Locks { get; } = [];

    public void KeepCopy() => _olderCopy = new(_values);

    public void Empty() => (_values, _) = ([], Forget());

    public void RollBack() => (_values, _) = (new(_olderCopy), Forget());

    /// <summary>What is there, and since when it has been loaded.</summary>
    public (DistributedReadOutcome Outcome, StoredValue? Value) Get(CacheKey key) =>
        !IsUp ? (DistributedReadOutcome.Unavailable, null)
        : _values.TryGetValue(key, out var value) && clock.GetElapsedTime(value.LoadedAt) < value.Entry.TimeToLive + value.Entry.StaleWindow
            ? (DistributedReadOutcome.Found, value)
            : (DistributedReadOutcome.Miss, null);

    public bool Set(CacheKey key, StoredValue value)
    {
        if (IsUp)
        {
            _values[key] = value;
        }

        return IsUp;
    }

    public long? Purge(string pattern) => IsUp ? _values.Keys.Where(key => Glob.IsMatch(pattern, key.Value)).ToList().Count(_values.Remove) : null;

    public LoadLockResult TryTake(ModelProcess process, CacheKey key, TimeSpan expiry)
    {
        if (!IsUp)
        {
            return new(LoadLockOutcome.Unavailable, Guid.Empty);
        }

        if (Locks.TryGetValue(key, out var held) && clock.GetTimestamp() < held.Until)
        {
            return new(LoadLockOutcome.Held, Guid.Empty);
        }

        var taken = new HeldLock(process, Guid.NewGuid(), clock.GetTimestamp() + expiry.Ticks);
        Locks[key] = taken;
        return new(LoadLockOutcome.Taken, taken.Owner);
    }

    public void Release(CacheKey key, Guid owner)
    {
        if (Locks.TryGetValue(key, out var held) && held.Owner == owner)
        {
            if (IsUp)
            {
                Locks.Remove(key);
            }
            else
            {
                held.ReleaseIsLost = true;
            }
        }
    }

    private bool Forget()
    {
        Locks.Clear();
        return true;
    }
}

/// <summary>A value, and when it was loaded by the store's clock.</summary>
internal sealed record StoredValue(DistributedEntry Entry, long LoadedAt);

/// <summary>A lock that a process holds.</summary>
internal sealed class HeldLock(ModelProcess process, Guid owner, long until)
{
    public ModelProcess Process { get; } = process;

    public Guid Owner { get; } = owner;

    public long Until { get; } = until;

    public bool ReleaseIsLost { get; set; }
}

/// <summary>A process's way to the shared tier: each call waits on the way there and on the way back.</summary>
internal sealed class TierPort(ModelProcess process, World world) : IDistributedTier
{
    public bool IsConfigured => true;

    public bool IsAvailable => world.Redis.IsUp;

    public async ValueTask<DistributedRead> GetAsync(CacheKey key, CancellationToken cancellationToken)
    {
        await world.Gates.PassAsync(process, $"get {key}").WaitAsync(cancellationToken);
        var (outcome, value) = world.Redis.Get(key);
        await world.Gates.PassAsync(process, $"reply of get {key}: {outcome}").WaitAsync(cancellationToken);
        var age = world.Bug == PlantedBug.PromotionWithoutAge || value is null ? TimeSpan.Zero : world.Time.GetElapsedTime(value.LoadedAt);
        return new(outcome, value is null ? null : value.Entry with { Age = age });
    }

    public async ValueTask<bool> SetAsync(CacheKey key, DistributedEntry entry, CancellationToken cancellationToken)
    {
        // As of now: on the way there the value grows older.
        var loadedAt = world.Time.GetTimestamp() - entry.Age.Ticks;
        await world.Gates.PassAsync(process, $"set {key} lease {entry.Lease}").WaitAsync(cancellationToken);
        return world.Redis.Set(key, new(world.Bug == PlantedBug.LeaseOfTheStore ? entry with { Lease = process.Follower.Position } : entry, loadedAt));
    }

    public async Task<long?> PurgeAsync(CachePattern pattern, CancellationToken cancellationToken)
    {
        await world.Gates.PassAsync(process, $"purge {pattern}").WaitAsync(cancellationToken);
        return world.Redis.Purge(pattern.Text);
    }

    public Task<CacheListing> ListAsync(CachePattern pattern, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(new CacheListing([], IsComplete: true));

    public Task<long?> CountAsync(CachePattern pattern, CancellationToken cancellationToken) => Task.FromResult<long?>(0);

    public Task<DistributedTierStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new DistributedTierStatus { Status = IsAvailable ? "healthy" : "unavailable" });
}

/// <summary>A process's way to the locks.</summary>
internal sealed class LockPort(ModelProcess process, World world) : ILoadLock
{
    public async ValueTask<LoadLockResult> TryTakeAsync(CacheKey key, TimeSpan expiry, CancellationToken cancellationToken)
    {
        await world.Gates.PassAsync(process, $"lock {key}").WaitAsync(cancellationToken);
        var result = world.Redis.TryTake(process, key, expiry);
        await world.Gates.PassAsync(process, $"reply of lock {key}: {result.Outcome}").WaitAsync(cancellationToken);
        return result;
    }

    public ValueTask ReleaseAsync(CacheKey key, Guid owner)
    {
        _ = SendAsync();
        return default;

        async Task SendAsync()
        {
            await world.Gates.PassAsync(process, $"release {key}");
            world.Redis.Release(key, owner);
        }
    }
}
