using System.Reflection;
using System.Text.Json;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Tests;

namespace NeuroLab.IntegrationTests.Coverage;

/// <summary>Where an answer is stored.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Tags">Its tags.</param>
internal sealed record StoredKey(CacheKey Key, IReadOnlyList<string> Tags)
{
    /// <summary>Where the answer of a query is stored.</summary>
    public static StoredKey Of(ICacheableQuery query) => new(query.Key, query.Tags);
}

/// <summary>
/// The keys of one query of one owner: that of the sample, and those of the same question with other parameters. An invalidation has to match them all: which days or which page
/// somebody asked for, a command does not know. Ids of rows are left as they are: of these it may know.
/// </summary>
/// <param name="All">The keys, each with the tags that it has.</param>
/// <param name="Shape">The key for reading: <c>dashboard:{user}:recent:*</c>.</param>
internal sealed record QueryKeys(IReadOnlyList<StoredKey> All, string Shape)
{
    /// <summary>The keys of a query.</summary>
    public static QueryKeys Of(ICacheableQuery query, Guid owner)
    {
        var everythingElse = query;
        var keys = new List<StoredKey> { StoredKey.Of(query) };
        foreach (var property in PropertiesOf(query).Where(property => property.PropertyType != typeof(CacheReadOptions) && property.GetValue(query) is not Guid))
        {
            keys.Add(StoredKey.Of(With(query, property, Another(property, query))));
            everythingElse = With(everythingElse, property, Another(property, query));
        }

        keys.Add(StoredKey.Of(everythingElse));
        return new QueryKeys([.. keys.DistinctBy(stored => (stored.Key, string.Join('\n', stored.Tags)))], ShapeOf(query, owner, keys));
    }

    /// <summary>The same question, not to be answered from the cache.</summary>
    public static ICacheableQuery PastTheCache(ICacheableQuery query) => With(
        query,
        PropertiesOf(query).Single(property => property.PropertyType == typeof(CacheReadOptions)),
        new CacheReadOptions(ForceRefresh: true));

    private static string ShapeOf(ICacheableQuery query, Guid owner, List<StoredKey> keys)
    {
        var names = PropertiesOf(query).Where(property => property.GetValue(query) is Guid)
            .ToLookup(property => ((Guid)property.GetValue(query)!).ToString("D"), property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
        var parts = keys[0].Key.Value.Split(':');
        var others = keys.Select(stored => stored.Key.Value.Split(':')).ToList();
        var shape = parts.Select((part, i) =>
            part == owner.ToString("D") ? "{user}"
            : names[part].FirstOrDefault() is { } name ? $"{{{name}}}"
            : others.TrueForAll(other => i < other.Length && other[i] == part) ? part
            : "*").ToList();
        while (shape.Count > 1 && shape[^1] == "*" && shape[^2] == "*")
        {
            shape.RemoveAt(shape.Count - 1);
        }

        return string.Join(':', shape);
    }

    private static IEnumerable<PropertyInfo> PropertiesOf(ICacheableQuery query) =>
        query.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property is { CanRead: true, SetMethod: not null });

    private static ICacheableQuery With(ICacheableQuery query, PropertyInfo property, object? value)
    {
        var copy = query.GetType().GetMethod("<Clone>$")!.Invoke(query, null)!;
        property.SetValue(copy, value);
        return (ICacheableQuery)copy;
    }

    private static object Another(PropertyInfo property, ICacheableQuery query)
    {
        var one = SampleValues.Of(property.PropertyType, position: 0, variant: 0);
        return one.Equals(property.GetValue(query)) ? SampleValues.Of(property.PropertyType, position: 0, variant: 1) : one;
    }
}
