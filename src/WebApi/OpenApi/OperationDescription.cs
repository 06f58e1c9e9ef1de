using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using NeuroLab.WebApi.Http;
using NeuroLab.WebApi.Security;
using NeuroLab.WebApi.Streaming;

namespace NeuroLab.WebApi.OpenApi;

/// <summary>
/// Describes an operation by its notes: body, parameters, freshness, headers, examples and security; and the problems that follow. Who has to sign in may get 401, and 403 of the
/// administration; with a body 400, 408, 413 and 415, with parameters 400, of a write that others may be faster with 409; of all but the probes of health 429 and 503, and of anything 500.
/// </summary>
internal sealed class OperationDescription : IOpenApiOperationTransformer
{
    private const string Json = "application/json";

    /// <inheritdoc />
    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.Notes() is not { } notes || context.Document is not { } document)
        {
            return;
        }

        var isProbe = RateLimiting.IsProbe("/" + context.Description.RelativePath);
        var rules = metadata.OfType<IAuthorizeData>().ToList();
        var forAdministrators = rules.Any(rule => rule.Policy == AuthenticationSetup.AdminPolicy);
        operation.Description = TextOf(notes, rules.Count > 0, forAdministrators);
        AddSecurity(operation, rules.Count > 0, forAdministrators, document);
        await AddBodyAsync(operation, notes, context, document, cancellationToken);
        AddParameters(operation, notes, document);
        DescribeAnswers(operation, notes, context.Description, document);
        foreach (var status in ProblemsOf(notes, rules.Count > 0, forAdministrators, isProbe).Distinct().Order())
        {
            await DescribedProblems.AddAsync(operation, status, context, document, cancellationToken);
        }
    }

    private static string TextOf(EndpointNotes notes, bool needsSignIn, bool forAdministrators)
    {
        var who = forAdministrators ? "For administrators." : needsSignIn ? "For who is signed in, about their own." : "Open to anyone.";
        var cache = notes.IsCached
            ? " Cached: the answer says how fresh it is. Send its `ETag` back in `If-None-Match`, and the `Consistency-Token` of a write to have it reflected."
            : "";
        var stream = notes.CanBeResumed ? " A stream without an end of its own: it ends when the token expires, when the account is deleted and when the service stops. Send the last `id` back in `Last-Event-ID` to go on after it." : "";
        return who + cache + stream + (notes.AnswersWithToken ? " A write: its `Consistency-Token` lets any later read reflect it, on every node." : "");
    }

    private static IEnumerable<int> ProblemsOf(EndpointNotes notes, bool needsSignIn, bool forAdministrators, bool isProbe) =>
    [
        .. notes.Problems,
        .. needsSignIn ? [StatusCodes.Status401Unauthorized] : Array.Empty<int>(),
        .. forAdministrators ? [StatusCodes.Status403Forbidden] : Array.Empty<int>(),
        .. notes.Body is null
            ? []
            : new[] { StatusCodes.Status400BadRequest, StatusCodes.Status408RequestTimeout, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status415UnsupportedMediaType },
        .. notes.Parameters.Count > 0 || notes.IsCached ? [StatusCodes.Status400BadRequest] : Array.Empty<int>(),
        .. notes.MayConflict ? [StatusCodes.Status409Conflict] : Array.Empty<int>(),
        .. isProbe ? [] : new[] { StatusCodes.Status429TooManyRequests, StatusCodes.Status503ServiceUnavailable },
        StatusCodes.Status500InternalServerError,
    ];

    private static async Task AddBodyAsync(
        OpenApiOperation operation, EndpointNotes notes, OpenApiOperationTransformerContext context, OpenApiDocument document, CancellationToken cancellationToken)
    {
        if (notes.Body is null)
        {
            return;
        }

        var name = notes.Body.Name;
        if (document.Components?.Schemas?.ContainsKey(name) != true)
        {
            var schema = await context.GetOrCreateSchemaAsync(notes.Body, cancellationToken: cancellationToken);
            schema.AdditionalPropertiesAllowed = false;
            document.AddComponent(name, schema);
        }

        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [Json] = new() { Schema = new OpenApiSchemaReference(name, document), Example = BodyExamples.Of(notes.Body) },
            },
        };
    }

    private static void AddParameters(OpenApiOperation operation, EndpointNotes notes, OpenApiDocument document)
    {
        operation.Parameters ??= [];
        foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>().Where(parameter => parameter is { In: ParameterLocation.Path, Name: "id" }))
        {
            parameter.Description = "The id, a UUID.";
            parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" };
            parameter.Example = JsonValue.Create(BodyExamples.Id.ToString("D"));
        }

        foreach (var parameter in notes.IsCached ? notes.Parameters.Append(CachedQueries.ForceRefresh) : notes.Parameters)
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = parameter.Name,
                In = ParameterLocation.Query,
                Description = parameter.Description,
                Required = parameter is TextParameter { IsRequired: true },
                Schema = SchemaOf(parameter),
                Example = parameter.Example is { } example ? JsonValue.Create(example) : null,
            });
        }

        operation.Parameters.Add(DescribedHeaders.OfARequest(document, ApiHeaders.CorrelationId));
        if (notes.CanBeResumed)
        {
            operation.Parameters.Add(DescribedHeaders.OfARequest(document, ApiHeaders.LastEventId));
        }

        if (notes.IsCached)
        {
            operation.Parameters.Add(DescribedHeaders.OfARequest(document, HeaderNames.IfNoneMatch));
            operation.Parameters.Add(DescribedHeaders.OfARequest(document, ApiHeaders.ConsistencyToken));
        }
    }

    private static OpenApiSchema SchemaOf(QueryParameter parameter) => parameter switch
    {
        IntParameter number => new OpenApiSchema
        {
            Type = JsonSchemaType.Integer,
            Format = "int32",
            Minimum = number.Minimum.ToString(CultureInfo.InvariantCulture),
            Maximum = number.Maximum.ToString(CultureInfo.InvariantCulture),
            Default = JsonValue.Create(number.Default),
        },
        WordParameter word => new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Enum = [.. word.Words.Select(value => (JsonNode)JsonValue.Create(value))],
            Default = word.Default is null ? null : JsonValue.Create(word.Default),
        },
        FlagParameter => new OpenApiSchema { Type = JsonSchemaType.Boolean, Default = JsonValue.Create(false) },
        TextParameter text => new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = text.MaxLength },
        _ => throw new ArgumentOutOfRangeException(nameof(parameter)),
    };

    private static void DescribeAnswers(OpenApiOperation operation, EndpointNotes notes, ApiDescription endpoint, OpenApiDocument document)
    {
        operation.Responses ??= [];
        foreach (var produced in endpoint.SupportedResponseTypes)
        {
            if (operation.Responses[produced.StatusCode.ToString(CultureInfo.InvariantCulture)] is not OpenApiResponse answer)
            {
                continue;
            }

            answer.Description = produced.StatusCode switch
            {
                StatusCodes.Status200OK => "The answer.",
                StatusCodes.Status201Created => "It was created.",
                StatusCodes.Status204NoContent => "It was done.",
                StatusCodes.Status503ServiceUnavailable => "It cannot answer.",
                _ => throw new InvalidOperationException($"What does {produced.StatusCode} mean?"),
            };
            AddHeaders(answer, notes, endpoint, document);
            if (produced.Type is { } type && answer.Content?.TryGetValue(notes.CanBeResumed ? EventStreamResult.ContentType : Json, out var body) == true)
            {
                body.Example = notes.IsCached ? BodyExamples.Fresh(type) : BodyExamples.Of(type, produced.StatusCode);
                if (notes.IsCached)
                {
                    DescribedSchemas.EnsureFreshness(document);
                    body.Schema = new OpenApiSchema { AllOf = [body.Schema!, new OpenApiSchemaReference(DescribedSchemas.FreshnessName, document)] };
                }
            }
        }

        if (notes.IsCached)
        {
            var unchanged = new OpenApiResponse { Description = "The client's copy is still the answer." };
            AddHeaders(unchanged, notes, endpoint, document);
            operation.Responses["304"] = unchanged;
        }
    }

    private static void AddHeaders(OpenApiResponse answer, EndpointNotes notes, ApiDescription endpoint, OpenApiDocument document)
    {
        DescribedHeaders.Add(answer, document, ApiHeaders.CorrelationId);
        if (endpoint.RelativePath!.StartsWith("api/", StringComparison.Ordinal))
        {
            DescribedHeaders.Add(answer, document, HeaderNames.CacheControl);
        }

        if (notes.IsCached)
        {
            DescribedHeaders.Add(answer, document, DescribedHeaders.OfFreshness);
        }

        if (notes.AnswersWithToken)
        {
            DescribedHeaders.Add(answer, document, ApiHeaders.ConsistencyToken);
        }

        if (notes.AnswersWithLocation)
        {
            DescribedHeaders.Add(answer, document, HeaderNames.Location);
        }
    }

    private static void AddSecurity(OpenApiOperation operation, bool needsSignIn, bool forAdministrators, OpenApiDocument document)
    {
        operation.Security = [];
        if (needsSignIn)
        {
            operation.Security.Add(new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(DescriptionSetup.BearerScheme, document)] = [] });
        }

        if (forAdministrators)
        {
            operation.Security.Add(new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(DescriptionSetup.AdminKeyScheme, document)] = [] });
        }
    }
}
