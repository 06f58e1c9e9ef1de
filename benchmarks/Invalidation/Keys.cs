using System.Globalization;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Benchmarks.Invalidation;

/// <summary>Keys as the product makes them: a hundred to an owner, each owner's under one prefix.</summary>
internal static class Keys
{
    public const int PerOwner = 100;

    public static CacheKey Of(int number) => CacheKey.Of(string.Create(CultureInfo.InvariantCulture, $"dashboard:{number / PerOwner:D32}:item:{number % PerOwner}"));

    /// <summary>Matches one owner's hundred keys.</summary>
    public static string Glob(int owner) => string.Create(CultureInfo.InvariantCulture, $"dashboard:{owner:D32}:*");
}
