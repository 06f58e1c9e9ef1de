using System.Collections;
using System.Globalization;
using System.IO.Hashing;
using System.Reflection;
using System.Text;
using System.Text.Json.Serialization;

namespace NeuroLab.Infrastructure.Caching.Serialization;

/// <summary>
/// Describes a type's shape as text and hashes it: names and types of members (what they are called in JSON included), members of enums, elements of collections,
/// derived types of polymorphic ones, recursively. Nothing of the build, the process or the order of reflection is in it.
/// </summary>
internal static class SchemaFingerprint
{
    /// <summary>The fingerprint.</summary>
    public static ulong Of(Type type)
    {
        var text = new StringBuilder();
        Describe(type, text, []);
        return XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private static void Describe(Type type, StringBuilder text, Dictionary<Type, int> seen)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            Describe(underlying, text, seen);
            text.Append('?');
            return;
        }

        if (type.IsArray)
        {
            Describe(type.GetElementType()!, text, seen);
            text.Append('[').Append(',', type.GetArrayRank() - 1).Append(']');
            return;
        }

        text.Append(type.Namespace).Append('.').Append(NestedName(type));
        if (type.IsEnum)
        {
            text.Append(':').Append(Enum.GetUnderlyingType(type).Name).Append('{');
            foreach (var name in Enum.GetNames(type).Order(StringComparer.Ordinal))
            {
                text.Append(name).Append('=').Append(Enum.Format(type, Enum.Parse(type, name), "d")).Append(';');
            }

            text.Append('}');
            return;
        }

        if (type.IsGenericType)
        {
            text.Append('<');
            foreach (var argument in type.GetGenericArguments())
            {
                Describe(argument, text, seen);
                text.Append(';');
            }

            text.Append('>');
        }

        if (IsLeaf(type))
        {
            return;
        }

        if (seen.TryGetValue(type, out var index))
        {
            text.Append('#').Append(index.ToString(CultureInfo.InvariantCulture));
            return;
        }

        seen.Add(type, seen.Count);
        DescribeMembers(type, text, seen);
    }

    private static void DescribeMembers(Type type, StringBuilder text, Dictionary<Type, int> seen)
    {
        if (type.GetCustomAttribute<JsonConverterAttribute>() is { ConverterType: { } converter })
        {
            text.Append('~').Append(converter.Name);
        }

        var properties = type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(p => p.CanRead && p.GetIndexParameters().Length == 0)
            .Select(p => (Member: (MemberInfo)p, Type: p.PropertyType));
        var fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public).Select(f => (Member: (MemberInfo)f, Type: f.FieldType));
        text.Append('{');
        foreach (var element in type.GetInterfaces().Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEnumerable<>)).OrderBy(i => i.ToString(), StringComparer.Ordinal))
        {
            // A collection of our own is written as its elements.
            text.Append('*');
            Describe(element.GetGenericArguments()[0], text, seen);
        }

        foreach (var (member, memberType) in properties.Concat(fields).OrderBy(m => m.Member.Name, StringComparer.Ordinal))
        {
            if (member.GetCustomAttribute<JsonIgnoreAttribute>() is { Condition: JsonIgnoreCondition.Always })
            {
                continue;
            }

            text.Append(member.Name);
            if (member.GetCustomAttribute<JsonPropertyNameAttribute>() is { } named)
            {
                text.Append('"').Append(named.Name).Append('"');
            }

            if (member.GetCustomAttribute<JsonConverterAttribute>() is { ConverterType: { } memberConverter })
            {
                text.Append('~').Append(memberConverter.Name);
            }

            text.Append(':');
            Describe(memberType, text, seen);
            text.Append(';');
        }

        foreach (var derived in type.GetCustomAttributes<JsonDerivedTypeAttribute>(inherit: false).OrderBy(d => d.DerivedType.FullName, StringComparer.Ordinal))
        {
            text.Append('|').Append(string.Create(CultureInfo.InvariantCulture, $"{derived.TypeDiscriminator}")).Append('=');
            Describe(derived.DerivedType, text, seen);
        }

        text.Append('}');
    }

    // What the framework defines is written by its own rules: its name, with what it is made of, says it all. Its inside may change with the runtime.
    private static bool IsLeaf(Type type) =>
        type.IsPrimitive || FrameworkTypes.Contains(type) || (typeof(IEnumerable).IsAssignableFrom(type) && type.IsInterface);

    private static string NestedName(Type type) => type.DeclaringType is { } outer ? $"{NestedName(outer)}+{type.Name}" : type.Name;
}
