using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using NeuroLab.Application.Abstractions.Auditing;
using NeuroLab.Domain.Experiments;

namespace NeuroLab.Infrastructure.Persistence.Model;

/// <summary>Times are UTC on both sides; SQLite forgets the kind.</summary>
internal sealed class UtcConverter() : ValueConverter<DateTime, DateTime>(
    v => v.Kind == DateTimeKind.Unspecified ? DateTime.SpecifyKind(v, DateTimeKind.Utc) : v.ToUniversalTime(),
    v => DateTime.SpecifyKind(v, DateTimeKind.Utc));

/// <summary>Enums are stored by their snake_case names, never by number.</summary>
internal sealed class SnakeCaseEnumConverter<T>() : ValueConverter<T, string>(v => Names.ToText(v), v => Names.FromText(v))
    where T : struct, Enum
{
    /// <summary>The two directions.</summary>
    public static class Names
    {
        private static readonly Dictionary<T, string> Texts =
            Enum.GetValues<T>().ToDictionary(v => v, v => JsonNamingPolicy.SnakeCaseLower.ConvertName(v.ToString()));

        private static readonly Dictionary<string, T> Values = Texts.ToDictionary(p => p.Value, p => p.Key, StringComparer.Ordinal);

        /// <summary>Every name.</summary>
        public static IEnumerable<string> All => Texts.Values;

        /// <summary>The name of a value.</summary>
        public static string ToText(T value) => Texts[value];

        /// <summary>The value of a name.</summary>
        public static T FromText(string text) => Find(text) ?? throw new InvalidOperationException($"The database holds a {typeof(T).Name} that is not known here.");

        /// <summary>The value of a name; null where it is not known.</summary>
        public static T? Find(string text) => Values.TryGetValue(text, out var value) ? value : null;
    }
}

/// <summary>Actions of the audit log, of which a later version may have written one that is not known here: the log can be read all the same.</summary>
internal sealed class AuditActionConverter() : ValueConverter<AuditAction, string>(
    v => SnakeCaseEnumConverter<AuditAction>.Names.ToText(v),
    v => SnakeCaseEnumConverter<AuditAction>.Names.Find(v) ?? AuditAction.Unknown);

/// <summary>Parameters as JSON: camelCase, with the type's name in <c>type</c>.</summary>
internal sealed class ParametersConverter() : ValueConverter<ExperimentParameters, string>(
    v => JsonSerializer.Serialize(v, StoredJson.Options),
    v => JsonSerializer.Deserialize<ExperimentParameters>(v, StoredJson.Options)!);

/// <summary>Data points as a JSON array, camelCase.</summary>
internal sealed class DataPointsConverter() : ValueConverter<IReadOnlyList<DataPoint>, string>(
    v => JsonSerializer.Serialize(v, StoredJson.Options),
    v => JsonSerializer.Deserialize<List<DataPoint>>(v, StoredJson.Options)!);

/// <summary>Immutable values change only by becoming another object.</summary>
internal sealed class ImmutableComparer<T>() : ValueComparer<T>((a, b) => ReferenceEquals(a, b), v => v.GetHashCode(), v => v)
    where T : class;

/// <summary>How JSON columns are written.</summary>
internal static class StoredJson
{
    private const string Discriminator = "type";

    /// <summary>The options. Names inside are camelCase: EF reads names with an underscore as missing on SQLite.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        // jsonb keeps no order of members.
        AllowOutOfOrderMetadataProperties = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NameTypeOfParameters } },
    };

    private static void NameTypeOfParameters(JsonTypeInfo info)
    {
        if (!info.Type.IsAssignableTo(typeof(ExperimentParameters)))
        {
            return;
        }

        if (info.Properties.FirstOrDefault(p => p.Name == Discriminator) is { } type)
        {
            info.Properties.Remove(type);
        }

        if (info.Type == typeof(ExperimentParameters))
        {
            info.PolymorphismOptions = new JsonPolymorphismOptions
            {
                TypeDiscriminatorPropertyName = Discriminator,
                DerivedTypes =
                {
                    new JsonDerivedType(typeof(HeartRateParameters), "heart_rate"),
                    new JsonDerivedType(typeof(ReactionTimeParameters), "reaction_time"),
                    new JsonDerivedType(typeof(MemoryParameters), "memory"),
                    new JsonDerivedType(typeof(EegParameters), "eeg"),
                },
            };
        }
    }
}
