using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Text;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Serialization;

namespace NeuroLab.Infrastructure.Caching.FrontDoors;

/// <summary>Writes one argument into a key.</summary>
internal delegate void ArgumentWriter(StringBuilder text, object? value);

/// <summary>
/// The text of arguments in keys: the same in every process, on every machine and in every culture, and another for another value. A scalar is its invariant form, escaped; null is
/// <c>!</c>; a list, and a record with its members in the order of their names, is <c>(a,b,)</c>. Nothing that is escaped has a character of these forms.
/// </summary>
internal static class ArgumentText
{
    private const char Null = '!';

    private static readonly Dictionary<Type, string?> Formats = new()
    {
        [typeof(sbyte)] = null, [typeof(byte)] = null, [typeof(short)] = null, [typeof(ushort)] = null, [typeof(int)] = null, [typeof(uint)] = null,
        [typeof(long)] = null, [typeof(ulong)] = null, [typeof(Int128)] = null, [typeof(UInt128)] = null, [typeof(BigInteger)] = null,
        [typeof(Half)] = null, [typeof(float)] = null, [typeof(double)] = null, [typeof(decimal)] = null,
        [typeof(Guid)] = "D", [typeof(DateTime)] = "O", [typeof(DateTimeOffset)] = "O", [typeof(DateOnly)] = "O", [typeof(TimeOnly)] = "O", [typeof(TimeSpan)] = "c",
    };

    /// <summary>Finds how values of a type are written, and how a value is kept from changing while a load goes on with it.</summary>
    /// <param name="type">The declared type of a parameter.</param>
    /// <param name="writer">Writes a value.</param>
    /// <param name="snapshot">Copies a list; null where values cannot change.</param>
    /// <param name="reason">Why there is no form, as the end of a sentence.</param>
    public static bool TryFor(
        Type type, [NotNullWhen(true)] out ArgumentWriter? writer, out Func<object?, object?>? snapshot, [NotNullWhen(false)] out string? reason)
    {
        snapshot = null;
        if (ElementOf(type) is { } element && ElementOf(element) is null)
        {
            snapshot = typeof(ArgumentText).GetMethod(nameof(Copy), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(element).CreateDelegate<Func<object?, object?>>();
        }

        return TryFind(type, isMember: false, [], out writer, out reason);
    }

    private static bool TryFind(Type type, bool isMember, HashSet<Type> within, [NotNullWhen(true)] out ArgumentWriter? writer, [NotNullWhen(false)] out string? reason)
    {
        (writer, reason) = (null, null);
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (ScalarOf(type) is { } scalar)
        {
            writer = (text, value) => _ = value is null ? text.Append(Null) : text.Append(scalar(value));
            return true;
        }

        if (ElementOf(type) is { } element)
        {
            if (isMember)
            {
                // Only a list that is an argument itself is copied: the load may go on when the caller has changed this one.
                reason = $"{type.Name} can change; pass it as a parameter of its own";
            }
            else if (ElementOf(element) is not null)
            {
                reason = "it is a list of lists";
            }
            else if (TryFind(element, isMember: true, within, out var write, out reason))
            {
                writer = (text, value) => WriteList(text, (IEnumerable?)value, write);
            }

            return writer is not null;
        }

        return TryRecord(type, within, out writer, out reason);
    }

    /// <summary>A record has the form of what is in it, so all that is in it must show.</summary>
    private static bool TryRecord(Type type, HashSet<Type> within, [NotNullWhen(true)] out ArgumentWriter? writer, [NotNullWhen(false)] out string? reason)
    {
        writer = null;
        reason = FrameworkTypes.Contains(type) ? $"{type.Name} has no stable form"
            : type is { IsSealed: false, IsValueType: false } ? $"{type.Name} is not sealed, and what derives from it may hold more"
            : !ImmutabilityInspector.IsImmutable(type) ? $"{type.Name} can change"
            : !within.Add(type) ? $"{type.Name} contains itself"
            : null;
        if (reason is not null)
        {
            return false;
        }

        var members = new List<(PropertyInfo Property, ArgumentWriter Write)>();
        foreach (var field in ImmutabilityInspector.Fields(type))
        {
            var name = field.Name.StartsWith('<') && field.Name.EndsWith(">k__BackingField", StringComparison.Ordinal) ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : null;
            if (name is null || field.DeclaringType!.GetProperty(name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly) is not { GetMethod.IsPublic: true } property)
            {
                reason = $"{type.Name} has a field that no public property shows ({field.Name})";
                return false;
            }

            if (!TryFind(property.PropertyType, isMember: true, within, out var write, out reason))
            {
                reason = $"{type.Name}.{name}: {reason}";
                return false;
            }

            members.Add((property, write));
        }

        within.Remove(type);
        var ordered = members.OrderBy(member => member.Property.Name, StringComparer.Ordinal).ToArray();
        writer = (text, value) => WriteRecord(text, value, ordered);
        return true;
    }

    /// <summary>What lists of this type hold; null where it is none whose order is its own.</summary>
    private static Type? ElementOf(Type type) =>
        type.IsSZArray ? type.GetElementType()
        : type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) || type.GetGenericTypeDefinition() == typeof(IReadOnlyCollection<>)) ? type.GetGenericArguments()[0]
        : null;

    private static Func<object, string>? ScalarOf(Type type)
    {
        if (type == typeof(string) || type == typeof(char))
        {
            return static value => Escape(value.ToString()!);
        }

        if (type == typeof(bool))
        {
            return static value => (bool)value ? "true" : "false";
        }

        return type.IsEnum ? static value => ((Enum)value).ToString("D")
            : Formats.TryGetValue(type, out var format) ? value => Escape(((IFormattable)value).ToString(format, CultureInfo.InvariantCulture))
            : null;
    }

    /// <summary>As <see cref="CacheKey.Escape"/>, for any text: half of a surrogate pair, which has no form there, is written by its number.</summary>
    private static string Escape(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff') < 0)
        {
            return CacheKey.Escape(text);
        }

        var escaped = new StringBuilder();
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var isRune = Rune.DecodeFromUtf16(rest, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            escaped.Append(isRune ? CacheKey.Escape(rune.ToString()) : string.Create(CultureInfo.InvariantCulture, $"%u{(int)rest[0]:X4}"));
            rest = rest[length..];
        }

        return escaped.ToString();
    }

    private static void WriteList(StringBuilder text, IEnumerable? list, ArgumentWriter write)
    {
        if (list is null)
        {
            text.Append(Null);
            return;
        }

        text.Append('(');
        foreach (var element in list)
        {
            write(text, element);
            text.Append(',');
        }

        text.Append(')');
    }

    private static void WriteRecord(StringBuilder text, object? value, (PropertyInfo Property, ArgumentWriter Write)[] members)
    {
        if (value is null)
        {
            text.Append(Null);
            return;
        }

        text.Append('(');
        foreach (var (property, write) in members)
        {
            write(text, property.GetValue(value));
            text.Append(',');
        }

        text.Append(')');
    }

    private static T[]? Copy<T>(object? list) => list is IEnumerable<T> elements ? elements.ToArray() : null;
}
