using System.Collections;
using System.Reflection;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Tests;

namespace NeuroLab.ArchitectureTests.Rules;

/// <summary>Makes queries to look at, with two different values for each parameter.</summary>
internal static class Samples
{
    /// <summary>What can be said in a query: what its longest constructor takes, and its other properties that can be set.</summary>
    public static IReadOnlyList<Parameter> ParametersOf(Type query)
    {
        var taken = Constructor(query).GetParameters().Select(parameter => new Parameter(parameter.Name!, parameter.ParameterType, null)).ToList();
        var set = query.GetProperties().Where(property => property.SetMethod is not null && taken.TrueForAll(parameter => parameter.Name != property.Name));
        return [.. taken, .. set.Select(property => new Parameter(property.Name, property.PropertyType, property))];
    }

    /// <summary>A value for each parameter; no two share an id.</summary>
    public static object?[] For(IReadOnlyList<Parameter> parameters) => parameters.Select((parameter, i) => (object?)SampleValues.Of(parameter.Type, i, variant: 0)).ToArray();

    /// <summary>The same values, but for one.</summary>
    public static object?[] With(object?[] values, int index, Parameter parameter)
    {
        var changed = values.ToArray();
        changed[index] = SampleValues.Of(parameter.Type, index, variant: 1);
        return changed;
    }

    public static ICacheableQuery Make(Type query, IReadOnlyList<Parameter> parameters, object?[] values)
    {
        var made = Constructor(query).Invoke(values[..parameters.Count(parameter => parameter.Property is null)]);
        foreach (var (parameter, value) in parameters.Zip(values))
        {
            parameter.Property?.SetValue(made, value);
        }

        return (ICacheableQuery)made;
    }

    /// <summary>A value of any type that an answer is made of, with something in each of its parts.</summary>
    public static object? Of(Type type) => Of(type, []);

    private static object? Of(Type type, HashSet<Type> underWay)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (IsScalar(type))
        {
            return SampleValues.Of(type, position: 1, variant: 1);
        }

        if (type.IsArray || (type.IsGenericType && type.GetGenericArguments().Length == 1 && type.Namespace!.StartsWith("System.Collections", StringComparison.Ordinal)))
        {
            var element = type.IsArray ? type.GetElementType()! : type.GetGenericArguments()[0];
            var one = Array.CreateInstance(element, 1);
            one.SetValue(Of(element, underWay), 0);
            return type.IsInstanceOfType(one) ? one
                : Activator.CreateInstance(typeof(HashSet<>).MakeGenericType(element), one) is { } set && type.IsInstanceOfType(set) ? set
                : Ranged(type, one) ?? Activator.CreateInstance(type, one);
        }

        if (type.IsGenericType && type.Namespace!.StartsWith("System.Collections", StringComparison.Ordinal))
        {
            var entry = type.GetGenericArguments();
            var dictionary = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(entry))!;
            dictionary.Add(Of(entry[0], underWay)!, Of(entry[1], underWay));
            return type.IsInstanceOfType(dictionary) ? dictionary : Ranged(type, dictionary) ?? Activator.CreateInstance(type, dictionary);
        }

        if (type == typeof(object))
        {
            return "anything";
        }

        if (type.IsInterface || type.IsAbstract)
        {
            throw new NotSupportedException($"{type.Name} stands for other types, and JSON does not tell which.");
        }

        if (!underWay.Add(type))
        {
            // A type within itself ends somewhere.
            return null;
        }

        var constructor = Constructor(type);
        var made = constructor.Invoke([.. constructor.GetParameters().Select(parameter => Of(parameter.ParameterType, underWay))]);
        foreach (var property in type.GetProperties().Where(property => property.SetMethod is { IsPublic: true } && constructor.GetParameters().All(taken => taken.Name != property.Name)))
        {
            property.SetValue(made, Of(property.PropertyType, underWay));
        }

        underWay.Remove(type);
        return made;
    }

    /// <summary>A collection that is made by a class of its name, as by <c>ImmutableArray.CreateRange</c>; null where there is no such class.</summary>
    private static object? Ranged(Type type, object items) => type.Assembly.GetType(type.FullName!.Split('`')[0])
        ?.GetMethods().FirstOrDefault(method => method.Name == "CreateRange" && method.GetParameters().Length == 1)
        ?.MakeGenericMethod(type.GetGenericArguments()).Invoke(null, [items]);

    private static ConstructorInfo Constructor(Type type) =>
        type.GetConstructors(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
            .Where(one => one.GetParameters() is not [var only] || only.ParameterType != type)
            .MaxBy(one => one.GetParameters().Length)!;

    private static bool IsScalar(Type type) => type.IsPrimitive || type.IsEnum || type == typeof(string) || (type.Namespace == "System" && type.IsValueType && !type.IsGenericType);

    /// <summary>One thing that can be said in a query.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Type">Its type.</param>
    /// <param name="Property">The property to set; null where the constructor takes it.</param>
    internal sealed record Parameter(string Name, Type Type, PropertyInfo? Property);
}
