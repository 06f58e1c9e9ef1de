using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace NeuroLab.Infrastructure.Caching.Serialization;

/// <summary>
/// Refuses at writing what JSON would bring back as something else without a word: a value of another type than its place declares, which loses what that type
/// adds; <see cref="object"/>, which comes back as JSON; stacks, which come back upside down. Where a member is written and not read, the writer
/// is told to compare.
/// </summary>
internal static class FaithfulContract
{
    private static readonly HashSet<Type> Reversed =
        [typeof(Stack<>), typeof(ConcurrentStack<>), typeof(ConcurrentBag<>), typeof(ImmutableStack<>), typeof(IImmutableStack<>)];

    /// <summary>Whether what this thread has just written has a member that may not come back.</summary>
    [field: ThreadStatic]
    public static bool IsDoubtful { get; set; }

    /// <summary>Changes a type's contract.</summary>
    /// <exception cref="NotSupportedException">No value of the type comes back as it was.</exception>
    public static void Apply(JsonTypeInfo contract)
    {
        var type = contract.Type;
        if (type == typeof(object) || IsReversed(type))
        {
            throw new NotSupportedException($"{type.Name} does not come back from JSON as it was.");
        }

        if (contract.Kind is JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary && HoldsMore(type))
        {
            throw new NotSupportedException($"What {type.Name} may hold beside its elements does not come back from JSON.");
        }

        if (contract.PolymorphismOptions is { } derived
            && (derived.UnknownDerivedTypeHandling != JsonUnknownDerivedTypeHandling.FailSerialization || derived.DerivedTypes.Any(one => one.TypeDiscriminator is null)))
        {
            throw new NotSupportedException($"A type that derives from {type.Name} does not come back from JSON: it is written without its name.");
        }

        if (contract.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        var isOpen = !type.IsSealed && !type.IsValueType && contract.PolymorphismOptions is null;
        // Computed members are of this kind and do no harm; only the value shows.
        var isDoubtful = contract.Properties.Any(member => member is { Get: not null, Set: null, AssociatedParameter: null });
        if (isOpen || isDoubtful)
        {
            contract.OnSerializing = value =>
            {
                if (isOpen && value.GetType() != type)
                {
                    throw new NotSupportedException($"A {value.GetType().Name} in the place of a {type.Name} would lose what it adds.");
                }

                IsDoubtful |= isDoubtful;
            };
        }
    }

    private static bool IsReversed(Type type)
    {
        for (var level = type; level is not null; level = level.BaseType)
        {
            if (level.IsGenericType && Reversed.Contains(level.GetGenericTypeDefinition()))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a collection has fields of its own beside those of the framework's that it derives from.</summary>
    private static bool HoldsMore(Type type) => ImmutabilityInspector.Fields(type).Any(field => !FrameworkTypes.Contains(field.DeclaringType!));
}

/// <summary>Text as it is; text with half of a surrogate pair, which has no UTF-8 form, is refused instead of changed.</summary>
internal sealed class WellFormedTextConverter : JsonConverter<string>
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(Checked(value));

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString()!;

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(Checked(value));

    private static string Checked(string value)
    {
        if (!Ascii.IsValid(value))
        {
            // Throws at what has no such form.
            _ = Strict.GetByteCount(value);
        }

        return value;
    }
}

/// <summary>One UTF-16 code unit; half of a surrogate pair, which has no UTF-8 form, is refused instead of changed.</summary>
internal sealed class WellFormedCharConverter : JsonConverter<char>
{
    public override char Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is [var one] ? one : throw new JsonException("It is not one character.");

    public override void Write(Utf8JsonWriter writer, char value, JsonSerializerOptions options) => writer.WriteStringValue([Checked(value)]);

    public override char ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Read(ref reader, typeToConvert, options);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, char value, JsonSerializerOptions options) => writer.WritePropertyName([Checked(value)]);

    private static char Checked(char value) => char.IsSurrogate(value) ? throw new NotSupportedException("Half of a surrogate pair has no UTF-8 form.") : value;
}
