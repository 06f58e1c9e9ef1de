using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Domain.Experiments;
using NeuroLab.WebApi.Freshness;

namespace NeuroLab.WebApi.OpenApi;

/// <summary>Schemas of what is written without a type of its own.</summary>
internal static class DescribedSchemas
{
    /// <summary>The name of the schema of freshness.</summary>
    public const string FreshnessName = "Freshness";

    /// <summary>Adds the members that every cached answer has beside its value's.</summary>
    public static void EnsureFreshness(OpenApiDocument document) => Ensure(document, FreshnessName, () => Object(
        "How fresh the answer is.",
        required: ["_cache_hit", "_stale_data", "_cached_at", "cache_info", "partial_failure", "failed_operations"],
        new()
        {
            ["_cache_hit"] = Flag("Whether it came from memory or Redis."),
            ["_stale_data"] = Flag("Whether it is older than its freshness allows, and served because the origin failed or was too slow."),
            ["_cached_at"] = Time("When the value was loaded from the origin."),
            ["cache_info"] = Object(
                "Where it came from and how long it lives.",
                required: ["source", "age_seconds", "ttl_seconds", "expires_at"],
                new()
                {
                    ["source"] = Words("Where it came from.", Enum.GetValues<CacheSource>().Select(FreshnessWords.Name)),
                    ["age_seconds"] = Number("Seconds since the value was loaded."),
                    ["ttl_seconds"] = Number("Seconds for which it is still fresh."),
                    ["expires_at"] = Time("Until when it is, or was, fresh."),
                    ["stale_reason"] = Words("Why it is served although it is stale.", Enum.GetValues<StaleReason>().Select(FreshnessWords.Name)),
                    ["invalidated"] = Flag("There, and true, where a write has overtaken the stale copy."),
                }),
            ["partial_failure"] = Flag("Whether a section could not be read."),
            ["failed_operations"] = Texts("The sections that could not be read."),
        }));

    /// <summary>Makes a schema that of the parameters of any type of experiment: of each its own, with bounds and defaults as the domain has them; or null.</summary>
    public static void WriteExperimentParameters(OpenApiSchema schema, OpenApiDocument document)
    {
        var types = Enum.GetValues<ExperimentType>().Select(type =>
        {
            var name = $"{type}Parameters";
            Ensure(document, name, () => ParametersOf(type));
            return (IOpenApiSchema)new OpenApiSchemaReference(name, document);
        });
        schema.Type = null;
        schema.AdditionalProperties = null;
        schema.AnyOf = [.. types, new OpenApiSchema { Type = JsonSchemaType.Null }];
    }

    private static OpenApiSchema ParametersOf(ExperimentType type)
    {
        var schema = Object(
            $"The parameters of an experiment of the type `{ExperimentNames.Of(type)}`.",
            required: [],
            ExperimentParameterRules.For(type).ToDictionary(rule => rule.Name, IOpenApiSchema (rule) => rule switch
            {
                NumberRule number => new OpenApiSchema
                {
                    Type = JsonSchemaType.Integer,
                    Format = "int32",
                    Minimum = number.Minimum.ToString(CultureInfo.InvariantCulture),
                    Maximum = number.Maximum.ToString(CultureInfo.InvariantCulture),
                    Default = JsonValue.Create(number.Default),
                    Description = number.Requirement,
                },
                ChoiceRule choice => WithDefault(Words(choice.Requirement, choice.Choices), choice.Choices[0]),
                _ => throw new ArgumentOutOfRangeException(nameof(type)),
            }));
        schema.AdditionalPropertiesAllowed = false;
        return schema;
    }

    private static OpenApiSchema WithDefault(OpenApiSchema schema, string word)
    {
        schema.Default = JsonValue.Create(word);
        return schema;
    }

    private static void Ensure(OpenApiDocument document, string name, Func<OpenApiSchema> make)
    {
        if (document.Components?.Schemas?.ContainsKey(name) != true)
        {
            document.AddComponent(name, make());
        }
    }

    private static OpenApiSchema Object(string description, HashSet<string> required, Dictionary<string, IOpenApiSchema> properties) =>
        new() { Type = JsonSchemaType.Object, Description = description, Required = required, Properties = properties };

    private static OpenApiSchema Time(string description) => new() { Type = JsonSchemaType.String, Format = "date-time", Description = description };

    private static OpenApiSchema Flag(string description) => new() { Type = JsonSchemaType.Boolean, Description = description };

    private static OpenApiSchema Number(string description) =>
        new() { Type = JsonSchemaType.Number, Format = "double", Minimum = "0", Description = description };

    private static OpenApiSchema Words(string description, IEnumerable<string> words) =>
        new() { Type = JsonSchemaType.String, Description = description, Enum = [.. words.Select(word => (JsonNode)JsonValue.Create(word))] };

    private static OpenApiSchema Texts(string description) =>
        new() { Type = JsonSchemaType.Array, Description = description, Items = new OpenApiSchema { Type = JsonSchemaType.String } };
}
