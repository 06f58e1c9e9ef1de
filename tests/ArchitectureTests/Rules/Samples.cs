using System.Reflection;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;

namespace NeuroLab.ArchitectureTests.Rules;

/// <summary>Makes queries to look at, with two different values for each parameter.</summary>
internal static class Samples
{
    /// <summary>What the constructor with the most parameters takes.</summary>
    public static ParameterInfo[] ParametersOf(Type query) => Constructor(query).GetParameters();

    public static object?[] For(ParameterInfo[] parameters, int variant) => parameters.Select(parameter => For(parameter, variant)).ToArray();

    /// <summary>Values of one parameter: those of variant 0 and 1 differ, and no two parameters share an id.</summary>
    public static object? For(ParameterInfo parameter, int variant) => Of(parameter.ParameterType, parameter.Position, variant);

    public static ICacheableQuery Make(Type query, object?[] values) => (ICacheableQuery)Constructor(query).Invoke(values);

    private static ConstructorInfo Constructor(Type type) =>
        type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
            .Where(one => one.GetParameters() is not [var only] || only.ParameterType != type)
            .MaxBy(one => one.GetParameters().Length)!;

    private static object? Of(Type type, int position, int variant)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            _ when type == typeof(Guid) => new Guid(position + 1, (short)variant, 7, 1, 2, 3, 4, 5, 6, 7, 8),
            _ when type == typeof(string) => $"text{variant}",
            _ when type == typeof(bool) => variant == 1,
            _ when type == typeof(CacheReadOptions) => new CacheReadOptions(variant == 1, variant == 1 ? new ConsistencyToken(5) : null),
            _ when type == typeof(DateTime) => new DateTime(2026, 1, 1 + variant, 0, 0, 0, DateTimeKind.Utc),
            _ when type == typeof(DateOnly) => new DateOnly(2026, 1, 1 + variant),
            _ when type == typeof(TimeSpan) => TimeSpan.FromDays(1 + variant),
            { IsEnum: true } => Enum.GetValues(type).GetValue(variant),
            { IsPrimitive: true } => Convert.ChangeType(1 + variant, type, System.Globalization.CultureInfo.InvariantCulture),
            { IsClass: true, IsAbstract: false } or { IsValueType: true } => Constructor(type) is var make
                ? make.Invoke(make.GetParameters().Select((parameter, i) => Of(parameter.ParameterType, i, variant)).ToArray())
                : null,
            _ => throw new NotSupportedException($"No sample of {type}: teach Samples to make two that differ."),
        };
    }
}
