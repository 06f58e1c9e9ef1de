using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using NeuroLab.WebApi.Errors;

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
                    ["source"] = Words("Where it came from.", ["memory", "redis", "origin", "stale"]),
                    ["age_seconds"] = Number("Seconds since the value was loaded."),
                    ["ttl_seconds"] = Number("Seconds for which it is still fresh."),
                    ["expires_at"] = Time("Until when it is, or was, fresh."),
                    ["stale_reason"] = Words("Why it is served although it is stale.", ["origin_error", "origin_timeout", "circuit_open", "unverified"]),
                    ["invalidated"] = Flag("There, and true, where a write has overtaken the stale copy."),
                }),
            ["partial_failure"] = Flag("Whether a section could not be read."),
            ["failed_operations"] = Texts("The sections that could not be read."),
        }));

    /// <summary>Adds the body that every error has.</summary>
    public static void EnsureProblem(OpenApiDocument document, string name) => Ensure(document, name, () => Object(
        "An error (RFC 9457).",
        required: ["type", "title", "status", "detail", "instance", "error_code", "error_id"],
        new()
        {
            ["type"] = Text("Names the kind of error."),
            ["title"] = Text("The kind of error in a few words."),
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Description = "The HTTP status." },
            ["detail"] = Text("What happened this time."),
            ["instance"] = Text("The path that was asked for."),
            ["error_code"] = Words("The kind of error, for programs.", ErrorCodes.All),
            ["error_id"] = Text("Finds this error in the log."),
            ["retry_after"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1", Description = "Seconds after which asking again makes sense." },
            ["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "Field to what is wrong with it.",
                AdditionalProperties = Texts("What is wrong with it."),
            },
        }));

    private static void Ensure(OpenApiDocument document, string name, Func<OpenApiSchema> make)
    {
        if (document.Components?.Schemas?.ContainsKey(name) != true)
        {
            document.AddComponent(name, make());
        }
    }

    private static OpenApiSchema Object(string description, HashSet<string> required, Dictionary<string, IOpenApiSchema> properties) =>
        new() { Type = JsonSchemaType.Object, Description = description, Required = required, Properties = properties };

    private static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };

    private static OpenApiSchema Time(string description) => new() { Type = JsonSchemaType.String, Format = "date-time", Description = description };

    private static OpenApiSchema Flag(string description) => new() { Type = JsonSchemaType.Boolean, Description = description };

    private static OpenApiSchema Number(string description) =>
        new() { Type = JsonSchemaType.Number, Format = "double", Minimum = "0", Description = description };

    private static OpenApiSchema Words(string description, IEnumerable<string> words) =>
        new() { Type = JsonSchemaType.String, Description = description, Enum = [.. words.Select(word => (JsonNode)JsonValue.Create(word))] };

    private static OpenApiSchema Texts(string description) =>
        new() { Type = JsonSchemaType.Array, Description = description, Items = new OpenApiSchema { Type = JsonSchemaType.String } };
}
