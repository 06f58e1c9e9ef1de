using System.Reflection;

namespace NeuroLab.ArchitectureTests.Rules;

/// <summary>Reflection in the words of the rules.</summary>
internal static class Members
{
    public const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>The arguments of each construction of an open generic interface that a type implements.</summary>
    public static IEnumerable<Type[]> ArgumentsOf(this Type type, Type openInterface) =>
        type.GetInterfaces().Where(one => one.IsGenericType && one.GetGenericTypeDefinition() == openInterface).Select(one => one.GetGenericArguments());

    public static bool Implements(this Type type, Type openInterface) => type.ArgumentsOf(openInterface).Any();

    /// <summary>A class that can be made.</summary>
    public static bool IsConcrete(this Type type) => type is { IsClass: true, IsAbstract: false };

    public static bool IsRecord(this Type type) =>
        type.GetMethod("<Clone>$") is not null || (type.IsValueType && type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null);
}
