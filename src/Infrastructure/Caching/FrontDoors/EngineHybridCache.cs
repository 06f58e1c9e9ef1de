using Microsoft.Extensions.Caching.Hybrid;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Infrastructure.Caching.FrontDoors;

/// <summary>
/// The framework's <see cref="HybridCache"/> over the engine, so that a library that knows it gets the engine's guarantees. Its answers cannot carry a mark,
/// so it never serves stale: where freshness cannot be verified the origin is asked, and the origin's failure is the caller's. Its keys lie under
/// <c>hybrid:</c>; tags are the engine's own. Thread-safe.
/// </summary>
internal sealed class EngineHybridCache(ICache cache) : HybridCache
{
    private const string Area = "hybrid:";
    private static readonly CachePolicy DefaultPolicy = new() { AllowStale = false };

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
        var flags = options?.Flags ?? HybridCacheEntryFlags.None;
        if (!TryKey(key, out var name))
        {
            // As the framework's own: a key that cannot be kept is not cached, and the call goes on.
            return flags.HasFlag(HybridCacheEntryFlags.DisableUnderlyingData) ? new(default(T)!) : factory(state, cancellationToken);
        }

        if (flags.HasFlag(HybridCacheEntryFlags.DisableUnderlyingData))
        {
            return LookUpAsync<T>(name, cancellationToken);
        }

        var skipsBoth = flags.HasFlag(HybridCacheEntryFlags.DisableLocalCacheRead) && flags.HasFlag(HybridCacheEntryFlags.DisableDistributedCacheRead);
        var answer = cache.GetOrLoadAsync(
            name,
            (State: state, Factory: factory),
            static async (call, _, token) => LoadResult<T>.Complete(await call.Factory(call.State, token).ConfigureAwait(false)),
            PolicyOf(options),
            ListOf(tags),
            new CacheReadOptions(ForceRefresh: skipsBoth),
            cancellationToken);
        return answer.IsCompletedSuccessfully ? new(answer.Result.Value) : ValueAsync(answer);
    }

    /// <inheritdoc />
    public override ValueTask SetAsync<T>(
        string key, T value, HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null, CancellationToken cancellationToken = default) =>
        TryKey(key, out var name) ? new(cache.SetAsync(name, value, PolicyOf(options), ListOf(tags), null, cancellationToken)) : default;

    /// <inheritdoc />
    public override ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default) =>
        TryKey(key, out var name) ? new(cache.RemoveAsync(name, cancellationToken)) : default;

    /// <inheritdoc />
    public override async ValueTask RemoveAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);

        // One transaction for all.
        var names = keys.Select(key => TryKey(key, out var name) ? name : default).Where(name => name != default);
        await InvalidateAsync([.. names.Select(name => Invalidation.Purge(CachePattern.Exact(name)))], cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public override async ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken = default) =>
        await InvalidateAsync([Tagged(tag)], cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    public override async ValueTask RemoveByTagAsync(IEnumerable<string> tags, CancellationToken cancellationToken = default) =>
        await InvalidateAsync([.. tags.Select(Tagged)], cancellationToken).ConfigureAwait(false);

    /// <summary>The tag <c>*</c> stands for everything that came in by this door, as the framework's own has it.</summary>
    private static Invalidation Tagged(string tag) => tag == "*" ? Invalidation.OfPattern(CachePattern.Glob(Area + "*")) : Invalidation.OfTag(tag);

    private static bool TryKey(string? key, out CacheKey name)
    {
        name = default;
        return !string.IsNullOrEmpty(key) && CacheKey.TryOf(Area + key, out name);
    }

    private static CachePolicy PolicyOf(HybridCacheEntryOptions? options) =>
        options?.Expiration is { } life && life > TimeSpan.Zero ? DefaultPolicy with { TimeToLive = life } : DefaultPolicy;

    private static IReadOnlyList<string> ListOf(IEnumerable<string>? tags) => tags is null ? [] : tags as IReadOnlyList<string> ?? [.. tags];

    private static async ValueTask<T> ValueAsync<T>(Task<Cached<T>> answer) => (await answer.ConfigureAwait(false)).Value;

    private async ValueTask<T> LookUpAsync<T>(CacheKey name, CancellationToken cancellationToken)
    {
        var found = await cache.GetAsync<T>(name, cancellationToken).ConfigureAwait(false);
        return found.Found is { } cached ? cached.Value : default!;
    }

    private async ValueTask InvalidateAsync(IReadOnlyList<Invalidation> invalidations, CancellationToken cancellationToken)
    {
        if (invalidations.Count > 0)
        {
            await cache.InvalidateAsync(invalidations, nameof(HybridCache), cancellationToken).ConfigureAwait(false);
        }
    }
}
