using System.Globalization;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Tests;

/// <summary>Values of the types that a question is asked with, two that differ of each.</summary>
internal static class SampleValues
{
    /// <summary>A value of a type.</summary>
    /// <param name="type">The type; of what may be null, too.</param>
    /// <param name="position">Which parameter it is for: no two share an id.</param>
    /// <param name="variant">0 or 1: which of the two.</param>
    /// <exception cref="NotSupportedException">No two values of the type are known.</exception>
    public static object Of(Type type, int position, int variant)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            _ when type == typeof(decimal) => 1.5m + variant,
            _ when type == typeof(DateTimeOffset) => new DateTimeOffset(2026, 1, 1 + variant, 0, 0, 0, TimeSpan.Zero),
            _ when type == typeof(TimeOnly) => new TimeOnly(1 + variant, 0),
            _ when type == typeof(Guid) => new Guid(position + 1, (short)variant, 7, 1, 2, 3, 4, 5, 6, 7, 8),
            _ when type == typeof(string) => $"text{variant}",
            _ when type == typeof(bool) => variant == 1,
            _ when type == typeof(CacheReadOptions) => new CacheReadOptions(variant == 1, variant == 1 ? new ConsistencyToken(5) : null),
            _ when type == typeof(DateTime) => new DateTime(2026, 1, 1 + variant, 0, 0, 0, DateTimeKind.Utc),
            _ when type == typeof(DateOnly) => new DateOnly(2026, 1, 1 + variant),
            _ when type == typeof(TimeSpan) => TimeSpan.FromDays(1 + variant),
            { IsEnum: true } => Enum.GetValues(type).GetValue(variant)!,
            { IsPrimitive: true } => Convert.ChangeType(1 + variant, type, CultureInfo.InvariantCulture),
            _ => throw new NotSupportedException($"No sample of {type}: teach SampleValues to make two that differ."),
        };
    }
}
