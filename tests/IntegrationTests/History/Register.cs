using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.IntegrationTests.History;

/// <summary>
/// The data of these tests: numbered registers in the database, each with a version that every write to it moves by one. What is cached of a register is
/// its version. Each is cached under one key, whatever the way in: the area is the one in which HybridCache keeps what it is given.
/// </summary>
internal static class Register
{
    public const int Count = 96;

    private const int GroupSize = 12;
    private const int Tags = 7;

    /// <summary>What HybridCache puts before the keys it is given.</summary>
    private const string Area = "hybrid:";

    /// <summary>Its name for HybridCache.</summary>
    public static string HybridName(int register) => $"g{register / GroupSize}:k{register % GroupSize}";

    public static CacheKey Key(int register) => CacheKey.Of(Area + HybridName(register));

    public static string Tag(int register) => $"t{register % Tags}";

    /// <summary>The record of a write that is aimed at a register.</summary>
    public static Invalidation Invalidation(int register, Scope scope, bool purge)
    {
        if (scope == Scope.Tag)
        {
            return Application.Abstractions.Caching.Invalidation.OfTag(Tag(register));
        }

        var pattern = scope switch
        {
            Scope.Key => CachePattern.Exact(Key(register)),
            Scope.Group => CachePattern.Glob($"{Area}g{register / GroupSize}:*"),
            Scope.Column => CachePattern.Glob($"{Area}g?:k{register % GroupSize}"),
            _ => CachePattern.All,
        };
        return purge ? Application.Abstractions.Caching.Invalidation.Purge(pattern) : Application.Abstractions.Caching.Invalidation.OfPattern(pattern);
    }

    /// <summary>Another register that the same write names.</summary>
    public static int Sibling(int register, Scope scope, Random random) => scope switch
    {
        Scope.Key => register,
        Scope.Group => (register / GroupSize * GroupSize) + random.Next(GroupSize),
        Scope.Column => (random.Next(Count / GroupSize) * GroupSize) + (register % GroupSize),
        Scope.Tag => (register % Tags) + (Tags * random.Next((Count - (register % Tags) + Tags - 1) / Tags)),
        _ => random.Next(Count),
    };
}

/// <summary>What is cached.</summary>
/// <param name="Register">Of which register.</param>
/// <param name="Version">Its version as it was read.</param>
internal sealed record RegisterValue(int Register, long Version);
