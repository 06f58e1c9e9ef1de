using System.Collections.Concurrent;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Application.Accounts;

namespace NeuroLab.Infrastructure.Identity;

/// <summary>
/// Learns of deleted accounts from the journal: deleting one purges <c>account:{id}</c>. An id is remembered for as long as an access token lives, and
/// never comes back, so the id alone is enough. Thread-safe.
/// </summary>
internal sealed class AccountRevocations(TimeProvider clock) : IAccountRevocations, IJournalObserver
{
    /// <summary>The area of the key whose purge says that an account is gone.</summary>
    internal const string Area = "account";

    private static readonly TimeSpan Remembered = AccessTokenRules.Lifetime + AccessTokenRules.ClockSkew;

    private readonly ConcurrentDictionary<Guid, long> _learntAt = new();

    /// <summary>How many ids are remembered.</summary>
    internal int Count => _learntAt.Count;

    /// <inheritdoc />
    public bool IsRevoked(Guid userId) => _learntAt.ContainsKey(userId);

    /// <inheritdoc />
    public void OnRecords(IReadOnlyList<JournalRecord> records)
    {
        Forget();
        foreach (var record in records)
        {
            if (DeletedAccount(record) is { } id)
            {
                // Counted from the moment this node learns of it: later than the writing, whatever the writer's clock says.
                _learntAt.TryAdd(id, clock.GetTimestamp());
            }
        }
    }

    private static Guid? DeletedAccount(JournalRecord record)
    {
        // By its command too: an operator may purge the same key without meaning the account.
        var invalidation = record.Invalidation;
        return record.Command == nameof(DeleteAccount) && invalidation.IsPurge && invalidation.Target == InvalidationTarget.Pattern
            && invalidation.Text.StartsWith(Area + ":", StringComparison.Ordinal)
            && Guid.TryParseExact(invalidation.Text.AsSpan(Area.Length + 1), "D", out var id)
            && CachePattern.Exact(CacheKey.Owned(Area, id)).Text == invalidation.Text
                ? id
                : null;
    }

    private void Forget()
    {
        foreach (var (id, learntAt) in _learntAt)
        {
            if (clock.GetElapsedTime(learntAt) > Remembered)
            {
                _learntAt.TryRemove(id, out _);
            }
        }
    }
}
