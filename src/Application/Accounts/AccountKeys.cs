using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Application.Accounts;

/// <summary>Names of accounts in the journal.</summary>
public static class AccountKeys
{
    /// <summary>The key that stands for a whole account, <c>account:{user}</c>. A purge of exactly this key says that the account was deleted.</summary>
    public static CacheKey Account(Guid userId) => CacheKey.Owned("account", userId);
}
