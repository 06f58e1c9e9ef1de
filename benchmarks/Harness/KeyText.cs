using System.Globalization;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Benchmarks.Harness;

/// <summary>Keys of 54 characters, as long as the product's, each of another owner.</summary>
internal static class KeyText
{
    /// <summary>The text of a key: another instance at each call.</summary>
    public static string Of(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"dashboard:{(uint)number * 2_654_435_761u:x8}-5d3a-4f0e-9c41-{number:x12}:summary");

    /// <summary>The first so many, in instances of their own.</summary>
    public static string[] First(int count) => [.. Enumerable.Range(0, count).Select(Of)];

    /// <summary>The engine's keys of texts.</summary>
    public static CacheKey[] Keys(IEnumerable<string> texts) => [.. texts.Select(CacheKey.Of)];
}
