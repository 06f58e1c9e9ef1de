using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;

namespace NeuroLab.Infrastructure.Caching.Serialization;

/// <summary>
/// Says whether the values of a type can be handed to many callers as they are. The rule: every field, of base types too, is written by the constructor alone
/// (which init-only properties satisfy) and is of an immutable type; of collections, the read-only interfaces and the immutable and frozen classes count. Thread-safe.
/// </summary>
internal static class ImmutabilityInspector
{
    private static readonly ConcurrentDictionary<Type, bool> Known = new();

    private static readonly HashSet<Type> Leaves =
    [
        typeof(string), typeof(decimal), typeof(Guid), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan),
        typeof(Uri), typeof(Version), typeof(Half), typeof(Int128), typeof(UInt128), typeof(System.Numerics.BigInteger), typeof(DBNull),
    ];

    private static readonly HashSet<Type> ReadOnlyCollections =
        [typeof(IReadOnlyCollection<>), typeof(IReadOnlyList<>), typeof(IReadOnlyDictionary<,>), typeof(IReadOnlySet<>), typeof(Nullable<>), typeof(KeyValuePair<,>)];

    /// <summary>Whether it is.</summary>
    public static bool IsImmutable(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return Known.TryGetValue(type, out var known) ? known : Known.GetOrAdd(type, Inspect(type, []));
    }

    private static bool Inspect(Type type, HashSet<Type> underWay)
    {
        if (type.IsPrimitive && type != typeof(IntPtr) && type != typeof(UIntPtr))
        {
            return true;
        }

        if (type.IsEnum || Leaves.Contains(type))
        {
            return true;
        }

        if (type.IsArray || type.IsPointer || type == typeof(object) || type.IsGenericParameter || typeof(Delegate).IsAssignableFrom(type))
        {
            return false;
        }

        if (type.IsGenericType && IsCollectionOfItsArguments(type))
        {
            return type.GetGenericArguments().All(argument => Inspect(argument, underWay));
        }

        // A type met again while it is being looked at is as immutable as the rest of it.
        return !type.IsInterface && (!underWay.Add(type) || Fields(type).All(f => f.IsInitOnly && Inspect(f.FieldType, underWay)));
    }

    private static bool IsCollectionOfItsArguments(Type type)
    {
        var definition = type.GetGenericTypeDefinition();
        return ReadOnlyCollections.Contains(definition)
            || (definition.Namespace == typeof(ImmutableArray).Namespace && definition.DeclaringType is null && definition.Name.StartsWith("Immutable", StringComparison.Ordinal))
            || (definition.Namespace == typeof(ImmutableArray).Namespace && definition.DeclaringType is null && definition.Name.StartsWith("IImmutable", StringComparison.Ordinal))
            || (definition.Namespace == "System.Collections.Frozen" && definition.DeclaringType is null && definition.Name.StartsWith("Frozen", StringComparison.Ordinal));
    }

    /// <summary>The fields of an instance, those of base types included.</summary>
    public static IEnumerable<FieldInfo> Fields(Type type)
    {
        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            foreach (var field in level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                yield return field;
            }
        }
    }
}
