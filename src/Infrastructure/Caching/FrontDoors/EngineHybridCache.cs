using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Caching.Hybrid;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Engine;

namespace NeuroLab.Infrastructure.Caching.FrontDoors;

/// <summary>
/// The framework's <see cref="HybridCache"/> over the engine, so that a library that knows it gets the engine's guarantees. Its answers cannot carry a mark,
/// so it never serves stale: where freshness cannot be verified the origin is asked, and the origin's failure is the caller's. Its keys lie under
/// <c>hybrid:</c>; a key or tag that the engine does not take as it stands is kept by its hash. All options and flags are heeded but <see cref="HybridCacheEntryFlags.DisableCompression"/>: what is
/// compressed is the shared tier's affair. Thread-safe.
/// </summary>
internal sealed class EngineHybridCache(CacheEngine cache) : HybridCache
{
    private const string Area = "hybrid:";
    private static readonly CachePolicy DefaultPolicy = new() { AllowStale = false };

    /// <summary>The policies of options that were seen: callers keep theirs, and they do not change.</summary>
    private readonly ConditionalWeakTable<HybridCacheEntryOptions, CachePolicy> _policies = [];

    /// <inheritdoc />
    public override ValueTask<T> GetOrCreateAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(factory);
        var looksOnly = options?.Flags is { } flags && flags.HasFlag(HybridCacheEntryFlags.DisableUnderlyingData);
        if (string.IsNullOrWhiteSpace(key))
        {
            // As the framework's own: what has no key is not cached, and the call goes on.
            return looksOnly ? new(default(T)!) : factory(state, cancellationToken);
        }

        var policy = PolicyOf(options);
        if (looksOnly)
        {
            return LookUpAsync<T>(KeyOf(key), policy, cancellationToken);
        }

        var answer = cache.GetOrLoadAsync(
            KeyOf(key),
            (State: state, Factory: factory),
            static async (call, _, token) => LoadResult<T>.Complete(await call.Factory(call.State, token).ConfigureAwait(false)),
            policy,
            TagsOf(tags),
            default,
            cancellationToken);
        return answer.IsCompletedSuccessfully ? new(answer.Result.Value) : ValueAsync(answer);
    }

    /// <inheritdoc />
    public override ValueTask SetAsync<T>(
        string key, T value, HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null, CancellationToken cancellationToken = default) =>
        string.IsNullOrWhiteSpace(key) ? default : new(cache.SetAsync(KeyOf(key), value, PolicyOf(options), TagsOf(tags), null, cancellationToken));

    /// <inheritdoc />
    public override ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default) => RemoveAsync([key], cancellationToken);

    /// <inheritdoc />
    public override ValueTask RemoveAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default) =>
        InvalidateAsync(keys?.Where(key => !string.IsNullOrWhiteSpace(key)).Select(key => Invalidation.Purge(CachePattern.Exact(KeyOf(key)))), cancellationToken);

    /// <inheritdoc />
    public override ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken = default) => RemoveByTagAsync([tag], cancellationToken);

    /// <inheritdoc />
    public override ValueTask RemoveByTagAsync(IEnumerable<string> tags, CancellationToken cancellationToken = default) =>
        InvalidateAsync(
            tags?.Where(tag => !string.IsNullOrWhiteSpace(tag)).Select(tag => tag == "*" ? Invalidation.OfPattern(CachePattern.Glob(Area + "*")) : Invalidation.OfTag(TagOf(tag))),
            cancellationToken);

    private static CacheKey KeyOf(string key) => key[0] != '#' && CacheKey.TryOf(Area + key, out var name) ? name : CacheKey.Of(Area + Hash(key));

    private static string TagOf(string tag) => tag[0] != '#' && tag.Length <= Invalidation.MaxTagLength && CacheKey.TryOf(tag, out _) ? tag : Hash(tag);

    /// <summary>Stands for text that is too long, or has what the journal cannot keep. What looks like a hash is hashed too, so that no two texts become one.</summary>
    private static string Hash(string text) => $"#{Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan())))}";

    /// <exception cref="ArgumentException">A tag is empty, or the one that stands for all.</exception>
    private static IReadOnlyList<string> TagsOf(IEnumerable<string>? tags)
    {
        return tags is null ? [] : [.. tags.Select(tag => !string.IsNullOrWhiteSpace(tag) && tag != "*"
            ? TagOf(tag)
            : throw new ArgumentException("A tag is not empty, and not \"*\", which stands for all.", nameof(tags)))];
    }

    private static async ValueTask<T> ValueAsync<T>(ValueTask<Cached<T>> answer) => (await answer.ConfigureAwait(false)).Value;

    private static CachePolicy MakePolicy(HybridCacheEntryOptions options)
    {
        var flags = options.Flags ?? HybridCacheEntryFlags.None;
        if (options.Expiration <= TimeSpan.Zero)
        {
            flags |= HybridCacheEntryFlags.DisableLocalCacheWrite | HybridCacheEntryFlags.DisableDistributedCacheWrite;
        }

        if (options.LocalCacheExpiration <= TimeSpan.Zero)
        {
            flags |= HybridCacheEntryFlags.DisableLocalCacheWrite;
        }

        return DefaultPolicy with
        {
            TimeToLive = options.Expiration > TimeSpan.Zero ? options.Expiration : null,
            MemoryTimeToLive = options.LocalCacheExpiration > TimeSpan.Zero ? options.LocalCacheExpiration : null,
            ReadFrom = Tiers(HybridCacheEntryFlags.DisableLocalCacheRead, HybridCacheEntryFlags.DisableDistributedCacheRead),
            StoreIn = Tiers(HybridCacheEntryFlags.DisableLocalCacheWrite, HybridCacheEntryFlags.DisableDistributedCacheWrite),
        };

        CacheTiers Tiers(HybridCacheEntryFlags local, HybridCacheEntryFlags distributed) =>
            (flags.HasFlag(local) ? CacheTiers.None : CacheTiers.Memory) | (flags.HasFlag(distributed) ? CacheTiers.None : CacheTiers.Redis);
    }

    private CachePolicy PolicyOf(HybridCacheEntryOptions? options) => options is null ? DefaultPolicy : _policies.GetValue(options, MakePolicy);

    private async ValueTask<T> LookUpAsync<T>(CacheKey key, CachePolicy policy, CancellationToken cancellationToken)
    {
        var found = await cache.GetAsync<T>(key, policy, cancellationToken).ConfigureAwait(false);
        return found.Found is { } cached ? cached.Value : default!;
    }

    private async ValueTask InvalidateAsync(IEnumerable<Invalidation>? invalidations, CancellationToken cancellationToken)
    {
        // One transaction for all; null is none, as the framework has it.
        Invalidation[] all = [.. invalidations ?? []];
        if (all.Length > 0)
        {
            await cache.InvalidateAsync(all, nameof(HybridCache), cancellationToken).ConfigureAwait(false);
        }
    }
}
