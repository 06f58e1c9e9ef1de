namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>
/// Lets one node of several load a key. Advisory: it may be lost, stuck or given twice, and that costs an extra load and nothing else. No member throws
/// for a reason of the store's. Thread-safe.
/// </summary>
public interface ILoadLock
{
    /// <summary>Tries to take the lock of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expiry">After what time it ends by itself; more than zero.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<LoadLockResult> TryTakeAsync(CacheKey key, TimeSpan expiry, CancellationToken cancellationToken);

    /// <summary>Gives a lock back, unless it has passed to another owner meanwhile. Sent, and not waited for: an answer may stand behind it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="owner">From the result that took it.</param>
    ValueTask ReleaseAsync(CacheKey key, Guid owner);
}

/// <summary>How an attempt at a lock ended.</summary>
/// <param name="Outcome">How.</param>
/// <param name="Owner">What gives it back; empty where it was not taken.</param>
public readonly record struct LoadLockResult(LoadLockOutcome Outcome, Guid Owner);

/// <summary>How an attempt at a lock ended.</summary>
public enum LoadLockOutcome
{
    /// <summary>There is no store to keep locks in now: load without one.</summary>
    Unavailable,

    /// <summary>It is the caller's.</summary>
    Taken,

    /// <summary>Another node has it, and is loading.</summary>
    Held,
}
