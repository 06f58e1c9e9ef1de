using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace NeuroLab.WebApi.OpenApi;

/// <summary>Makes an example of its schema for each body, and each parameter that has to be there, for which nobody wrote one (<see cref="BodyExamples"/>).</summary>
internal sealed class MadeExamples : IOpenApiDocumentTransformer
{
    /// <summary>How deep an example goes, should a schema hold itself.</summary>
    private const int MaxDepth = 8;

    private const string Time = "00:05:00";

    /// <inheritdoc />
    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var operation in document.Paths.Values.SelectMany(path => path.Operations?.Values.ToArray() ?? []))
        {
            foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>().Where(parameter => parameter is { Required: true, Example: null }) ?? [])
            {
                parameter.Example = Of(parameter.Schema!, document);
            }

            var bodies = operation.Responses?.Values.OfType<OpenApiResponse>().Select(answer => answer.Content).Append(operation.RequestBody?.Content) ?? [];
            foreach (var body in bodies.SelectMany(content => content?.Values.ToArray() ?? []).Where(body => body is { Example: null, Examples: null or { Count: 0 }, Schema: not null }))
            {
                body.Example = Of(body.Schema!, document);
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>An example of a schema.</summary>
    internal static JsonNode? Of(IOpenApiSchema schema, OpenApiDocument document) => Of(schema, document, MaxDepth);

    private static JsonNode? Of(IOpenApiSchema schema, OpenApiDocument document, int depth)
    {
        if (depth == 0)
        {
            return null;
        }

        if (schema is OpenApiSchemaReference reference)
        {
            return Of(document.Components!.Schemas![reference.Reference.Id!], document, depth);
        }

        if (schema.Default is { } byDefault)
        {
            return byDefault.DeepClone();
        }

        if (schema.Enum is [var word, ..])
        {
            return word.DeepClone();
        }

        if (schema.AllOf is { Count: > 0 } all)
        {
            return new JsonObject(all.SelectMany(part => Of(part, document, depth)?.AsObject() ?? []).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
        }

        var choices = schema.AnyOf is { Count: > 0 } any ? any : schema.OneOf ?? [];
        return choices.FirstOrDefault(choice => choice is OpenApiSchemaReference || choice.Type != JsonSchemaType.Null) is { } chosen
            ? Of(chosen, document, depth)
            : OfType(schema, document, depth);
    }

    private static JsonNode? OfType(IOpenApiSchema schema, OpenApiDocument document, int depth) => (schema.Type & ~JsonSchemaType.Null) switch
    {
        JsonSchemaType.Boolean => JsonValue.Create(true),
        JsonSchemaType.Integer => JsonValue.Create(schema.Minimum is { } least ? long.Parse(least, CultureInfo.InvariantCulture) : 1),
        JsonSchemaType.Number => JsonValue.Create(schema.Minimum is { } least ? double.Parse(least, CultureInfo.InvariantCulture) : 1.5),
        JsonSchemaType.String => JsonValue.Create(Text(schema)),
        JsonSchemaType.Array => new JsonArray(schema.Items is { } item ? Of(item, document, depth - 1) : null),
        JsonSchemaType.Object => new JsonObject([
            .. (schema.Properties ?? new Dictionary<string, IOpenApiSchema>()).Select(property => KeyValuePair.Create(property.Key, Of(property.Value, document, depth - 1))),
            .. schema.AdditionalProperties is { } value ? [KeyValuePair.Create("name", Of(value, document, depth - 1))] : Array.Empty<KeyValuePair<string, JsonNode?>>(),
        ]),
        _ => null,
    };

    private static string Text(IOpenApiSchema schema) => schema.Format switch
    {
        "uuid" => BodyExamples.Id.ToString("D"),
        "date-time" => "2026-03-14T09:26:53Z",
        "date" => "2026-03-14",
        "uri" => "https://example.org/",
        "byte" => "dGV4dA==",
        "email" or "idn-email" => "ada@example.org",

        // The only patterns that types have by themselves are those of times.
        _ when schema.Pattern is { } pattern && Regex.IsMatch(Time, pattern) => Time,
        _ => "text".PadRight(schema.MinLength ?? 0, '.'),
    };
}
