using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace NeuroLab.IntegrationTests.OpenApi;

/// <summary>
/// Judges bodies by the schemas of a description, and more strictly than those ask: a member that is not described is wrong. A client may pass over one; the service has to tell of it.
/// </summary>
internal sealed class BodySchemas
{
    private const string Components = "#/components/schemas/";
    private static readonly EvaluationOptions Strictly = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };
    private readonly JsonObject _definitions = [];
    private readonly Dictionary<string, JsonSchema> _compiled = [];

    /// <summary>Takes the schemas of a description.</summary>
    public BodySchemas(JsonNode document)
    {
        var roots = Roots(document).ToHashSet();
        foreach (var (name, schema) in document["components"]!["schemas"]!.AsObject())
        {
            _definitions[name] = Translated(schema!, isRoot: roots.Contains(Components + name));
        }
    }

    /// <summary>What is wrong with a body.</summary>
    public IEnumerable<string> Complaints(JsonNode schema, string body)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return ["The body is no JSON."];
        }

        using (document)
        {
            var result = Compiled(schema).Evaluate(document.RootElement, Strictly);
            return result.IsValid
                ? []
                : [.. (result.Details ?? []).Where(detail => detail.Errors is not null)
                    .SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value} ({error.Key})")).Distinct().DefaultIfEmpty("The body is not valid.")];
        }
    }

    /// <summary>The schema with all that it may refer to. Compiled once, for that costs far more than judging a body by it.</summary>
    private JsonSchema Compiled(JsonNode schema)
    {
        var text = schema.ToJsonString();
        if (!_compiled.TryGetValue(text, out var compiled))
        {
            var whole = new JsonObject
            {
                ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
                ["allOf"] = new JsonArray(Translated(schema, isRoot: true)),
                ["unevaluatedProperties"] = false,
                ["$defs"] = _definitions.DeepClone(),
            };
            compiled = JsonSchema.FromText(whole.ToJsonString());
            _compiled[text] = compiled;
        }

        return compiled;
    }

    /// <summary>The schemas that a whole body is described by: what must not be there beside their members is told by the body's, not by theirs.</summary>
    private static IEnumerable<string> Roots(JsonNode node) => node switch
    {
        JsonObject part => part.SelectMany(member => member switch
        {
            { Key: "content", Value: JsonObject content } => content.SelectMany(type => type.Value?["schema"] is JsonObject schema ? References(schema) : []),
            { Value: { } value } => Roots(value),
            _ => [],
        }),
        JsonArray list => list.SelectMany(item => item is null ? [] : Roots(item)),
        _ => [],
    };

    private static IEnumerable<string> References(JsonObject schema) => schema["$ref"] is { } reference
        ? [reference.GetValue<string>()]
        : schema["allOf"]?.AsArray().OfType<JsonObject>().SelectMany(References) ?? [];

    private static JsonNode Translated(JsonNode node, bool isRoot)
    {
        switch (node)
        {
            case JsonObject part:
                var translated = new JsonObject();
                foreach (var (name, value) in part)
                {
                    translated[name] = name == "$ref" ? value!.GetValue<string>().Replace(Components, "#/$defs/", StringComparison.Ordinal) : value is null ? null : Translated(value, isRoot: false);
                }

                if (part["properties"] is JsonObject && part["type"] is JsonValue && !part.ContainsKey("additionalProperties") && !isRoot)
                {
                    translated["unevaluatedProperties"] = false;
                }

                return translated;
            case JsonArray list:
                return new JsonArray([.. list.Select(item => item is null ? null : Translated(item, isRoot: false))]);
            default:
                return node.DeepClone();
        }
    }
}
