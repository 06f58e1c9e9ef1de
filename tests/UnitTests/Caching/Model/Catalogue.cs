using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.UnitTests.Caching.Model;

/// <summary>What is cached: which version of a key's data it is, and which load or set brought it.</summary>
internal sealed record ModelValue(int Key, int Version, int Load);

/// <summary>A kind of write: what its journal record names, and which keys' data it changes, told without the engine's help.</summary>
internal sealed record WriteKind(string Name, Invalidation Invalidation, int[] Keys);

/// <summary>The keys of the model, how each is cached, and the writes there are.</summary>
internal static class Catalogue
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>One prefix of another, and one with the characters of patterns in it.</summary>
    public static CacheKey[] Keys { get; } = [CacheKey.Of("m:1:a"), CacheKey.Of("m:10:a"), CacheKey.Of("n:1:[a]*")];

    public static IReadOnlyList<string>[] Tags { get; } = [["red"], ["red", "blue"], []];

    /// <summary>Short; long, and shorter where it is not read; never stale.</summary>
    public static CachePolicy[] Policies { get; } =
    [
        new() { TimeToLive = 3 * Second, StaleWindow = 3 * Second, SoftTimeout = Second / 5 },
        new() { TimeToLive = 6 * Second, SlidingExpiration = 3 * Second, HardTimeout = 2 * Second },
        new() { TimeToLive = 4 * Second, AllowStale = false },
    ];

    /// <summary>Each matches the keys beside it and no other.</summary>
    public static WriteKind[] Writes { get; } =
    [
        new("key 0", Invalidation.OfPattern(CachePattern.Exact(Keys[0])), [0]),
        new("key 1", Invalidation.OfPattern(CachePattern.Exact(Keys[1])), [1]),
        new("key 2", Invalidation.OfPattern(CachePattern.Exact(Keys[2])), [2]),
        new("glob m:1:*", Invalidation.OfPattern(CachePattern.Glob("m:1:*")), [0]),
        new("glob m:*", Invalidation.OfPattern(CachePattern.Glob("m:*")), [0, 1]),
        new("glob ?:1:*", Invalidation.OfPattern(CachePattern.Glob("?:1:*")), [0, 2]),
        new("glob [l-n]:1?:a", Invalidation.OfPattern(CachePattern.Glob("[l-n]:1?:a")), [1]),
        new("tag red", Invalidation.OfTag("red"), [0, 1]),
        new("tag blue", Invalidation.OfTag("blue"), [1]),
        new("purge key 0", Invalidation.Purge(CachePattern.Exact(Keys[0])), [0]),
        new("purge m:1*", Invalidation.Purge(CachePattern.Glob("m:1*")), [0, 1]),
        new("purge tag red", Invalidation.OfTag("red") with { IsPurge = true }, [0, 1]),
        new("clear all", Invalidation.OfPattern(CachePattern.All), [0, 1, 2]),
        new("purge all", Invalidation.Purge(CachePattern.All), [0, 1, 2]),
    ];

    public static bool IsGlob(Invalidation invalidation) =>
        Array.Exists(Writes, kind => kind.Invalidation == invalidation && kind.Name.StartsWith("glob", StringComparison.Ordinal));
}
