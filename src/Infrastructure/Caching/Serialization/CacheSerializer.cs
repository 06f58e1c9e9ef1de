using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace NeuroLab.Infrastructure.Caching.Serialization;

/// <summary>
/// Values as UTF-8 JSON, for the shared tier and for copies. A null value is a value like any other. What would be read back as something else is
/// refused at writing (<see cref="FaithfulContract"/>). Thread-safe.
/// </summary>
internal sealed class CacheSerializer
{
    private static readonly ConcurrentDictionary<ulong, string> Names = new();

    private readonly JsonSerializerOptions _options = new()
    {
        // Read by this service alone, so nothing needs to be escaped for a browser.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        // Value tuples have fields, no properties.
        IncludeFields = true,
        Converters = { new WellFormedTextConverter(), new WellFormedCharConverter() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { FaithfulContract.Apply } },
    };

    /// <summary>Writes a value.</summary>
    /// <exception cref="NotSupportedException">The value cannot be written as JSON, or would be read back as something else.</exception>
    public ReadOnlyMemory<byte> Serialize<T>(T value)
    {
        FaithfulContract.IsDoubtful = false;
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, _options);
        return !FaithfulContract.IsDoubtful || (TryDeserialize<T>(bytes, out var read) && bytes.AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(read, _options)))
            ? bytes
            : throw new NotSupportedException("It has members that are written and not read back.");
    }

    /// <summary>Reads a value.</summary>
    /// <returns>False when the bytes are not one of this type; never throws.</returns>
    public bool TryDeserialize<T>(ReadOnlyMemory<byte> bytes, out T? value)
    {
        try
        {
            value = JsonSerializer.Deserialize<T>(bytes.Span, _options);
            return true;
        }
#pragma warning disable CA1031 // A constructor may throw anything at values that it would not take; a copy that cannot be read is a miss.
        catch (Exception)
#pragma warning restore CA1031
        {
            value = default;
            return false;
        }
    }

    /// <summary>A fingerprint of the type's shape: the same in every process and on every machine, another when the shape changes.</summary>
#pragma warning disable CA1822 // An instance member like its neighbours: callers have the serializer at hand.
    public ulong SchemaOf<T>() => Fingerprint<T>.Value;
#pragma warning restore CA1822

    /// <summary>The name of a type that has this shape and was read or written in this process; null where there is none.</summary>
    public static string? NameOf(ulong schema) => Names.GetValueOrDefault(schema);

    private static class Fingerprint<T>
    {
        public static readonly ulong Value = Note();

        private static ulong Note()
        {
            var schema = SchemaFingerprint.Of(typeof(T));
            Names.TryAdd(schema, typeof(T).Name);
            return schema;
        }
    }
}
