using System.Globalization;
using System.Reflection;
using System.Text.Json;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;

namespace NeuroLab.IntegrationTests.Coverage;

/// <summary>
/// The keys of one query of one owner: that of the sample, and those of the same question with other parameters. An invalidation has to match them all: which days or which page
/// somebody asked for, a command does not know. Ids of rows are left as they are: of these it may know.
/// </summary>
/// <param name="All">The keys.</param>
/// <param name="Shape">The key for reading: <c>dashboard:{user}:recent:*</c>.</param>
internal sealed record QueryKeys(IReadOnlyList<CacheKey> All, string Shape)
{
    /// <summary>The keys of a query.</summary>
    public static QueryKeys Of(ICacheableQuery query, Guid owner)
    {
        var (own, everythingElse) = (query.Key, query);
        var keys = new List<CacheKey> { own };
        foreach (var property in PropertiesOf(query).Where(property => Another(property, query) is not null))
        {
            keys.Add(With(query, property, Another(property, query)).Key);
            everythingElse = With(everythingElse, property, Another(property, query));
        }

        keys.Add(everythingElse.Key);
        return new QueryKeys([.. keys.Distinct()], ShapeOf(query, owner, keys));
    }

    /// <summary>The same question, not to be answered from the cache.</summary>
    public static ICacheableQuery PastTheCache(ICacheableQuery query) => With(
        query,
        PropertiesOf(query).Single(property => property.PropertyType == typeof(CacheReadOptions)),
        new CacheReadOptions(ForceRefresh: true));

    private static string ShapeOf(ICacheableQuery query, Guid owner, List<CacheKey> keys)
    {
        var names = PropertiesOf(query).Where(property => property.GetValue(query) is Guid)
            .ToLookup(property => ((Guid)property.GetValue(query)!).ToString("D"), property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));
        var parts = keys[0].Value.Split(':');
        var others = keys.Select(key => key.Value.Split(':')).ToList();
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

    /// <summary>Another value of a parameter; null where it has none that matters.</summary>
    private static object? Another(PropertyInfo property, ICacheableQuery query)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var value = property.GetValue(query);
        return type switch
        {
            _ when type == typeof(string) => value is "other" ? "another" : "other",
            _ when type == typeof(bool) => value is not true,
            _ when type == typeof(DateTime) => ((DateTime?)value ?? DateTime.UnixEpoch).AddDays(1),
            _ when type == typeof(DateOnly) => ((DateOnly?)value ?? DateOnly.FromDateTime(DateTime.UnixEpoch)).AddDays(1),
            { IsEnum: true } => Enum.GetValues(type).Cast<object>().FirstOrDefault(one => !one.Equals(value)),
            { IsPrimitive: true } => Convert.ChangeType(Convert.ToInt64(value ?? 0, CultureInfo.InvariantCulture) + 1, type, CultureInfo.InvariantCulture),
            _ => null,
        };
    }
}
