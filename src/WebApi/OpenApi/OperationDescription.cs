using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using NeuroLab.WebApi.Errors;
using NeuroLab.WebApi.Http;
using NeuroLab.WebApi.Security;

namespace NeuroLab.WebApi.OpenApi;

/// <summary>Adds what an endpoint's notes say to its description: body, parameters, freshness, headers, problems, security.</summary>
internal sealed class OperationDescription : IOpenApiOperationTransformer
{
    private const string Json = "application/json";
    private const string ProblemName = "Problem";

    /// <inheritdoc />
    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.Notes() is not { } notes || context.Document is not { } document)
        {
            return;
        }

        await AddBodyAsync(operation, notes, context, document, cancellationToken);
        AddParameters(operation, notes);
        if (notes.IsCached)
        {
            AddFreshness(operation, document);
        }

        DescribeAnswers(operation, notes);
        AddProblems(operation, notes, document, metadata.OfType<IAuthorizeData>().Any());
        AddSecurity(operation, metadata, document);
    }

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
            Content = new Dictionary<string, OpenApiMediaType> { [Json] = new() { Schema = new OpenApiSchemaReference(name, document) } },
        };
    }

    private static void AddParameters(OpenApiOperation operation, EndpointNotes notes)
    {
        operation.Parameters ??= [];
        foreach (var parameter in operation.Parameters.OfType<OpenApiParameter>().Where(parameter => parameter is { In: ParameterLocation.Path, Name: "id" }))
        {
            parameter.Description = "The id, a UUID.";
            parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uuid" };
        }

        var parameters = notes.IsCached ? notes.Parameters.Append(Requests.ForceRefresh) : notes.Parameters;
        foreach (var parameter in parameters)
        {
            operation.Parameters.Add(new OpenApiParameter
            {
                Name = parameter.Name,
                In = ParameterLocation.Query,
                Description = parameter.Description,
                Required = parameter is TextParameter { IsRequired: true },
                Schema = SchemaOf(parameter),
            });
        }

        if (notes.IsCached)
        {
            operation.Parameters.Add(HeaderParameter("If-None-Match", "Tags of answers that the client has."));
            operation.Parameters.Add(HeaderParameter(ApiHeaders.ConsistencyToken, "The token of a write that the answer must reflect."));
        }
    }

    private static OpenApiParameter HeaderParameter(string name, string description) =>
        new() { Name = name, In = ParameterLocation.Header, Description = description, Schema = Text() };

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
        _ => Text(),
    };

    private static void AddFreshness(OpenApiOperation operation, OpenApiDocument document)
    {
        if (operation.Responses?["200"] is not OpenApiResponse { Content: { } content } answer || !content.TryGetValue(Json, out var body) || body.Schema is not { } value)
        {
            return;
        }

        DescribedSchemas.EnsureFreshness(document);
        body.Schema = new OpenApiSchema { AllOf = [value, new OpenApiSchemaReference(DescribedSchemas.FreshnessName, document)] };
        answer.Headers = FreshnessHeaders();
        operation.Responses["304"] = new OpenApiResponse { Description = "The client's copy is still the answer.", Headers = FreshnessHeaders() };
    }

    private static Dictionary<string, IOpenApiHeader> FreshnessHeaders() => new()
    {
        [ApiHeaders.CacheStatus] = Header("How the cache answered (RFC 9211)."),
        ["Age"] = Header("Whole seconds since the value was loaded."),
        ["ETag"] = Header("Weak tag over the value and its marks."),
        ["Vary"] = Header("Always Authorization."),
        ["Cache-Control"] = Header("private, no-cache; for stale and partial answers private, no-store."),
    };

    private static void DescribeAnswers(OpenApiOperation operation, EndpointNotes notes)
    {
        foreach (var (status, response) in operation.Responses ?? [])
        {
            if (response is not OpenApiResponse answer)
            {
                continue;
            }

            answer.Description = status switch
            {
                "200" => "The answer.",
                "201" => "It was created.",
                "204" => "It was done.",
                "503" => "It cannot answer.",
                _ => answer.Description,
            };
            answer.Headers ??= new Dictionary<string, IOpenApiHeader>();
            answer.Headers[ApiHeaders.CorrelationId] = Header("The id of the request, sent or made.");
            if (notes.IsCommand)
            {
                answer.Headers[ApiHeaders.ConsistencyToken] = Header("Names the write; absent where nothing cached depends on it.");
            }

            if (status == "201" && operation.OperationId == "createExperiment")
            {
                answer.Headers["Location"] = Header("Where it can be read.");
            }
        }
    }

    private static void AddProblems(OpenApiOperation operation, EndpointNotes notes, OpenApiDocument document, bool needsSignIn)
    {
        DescribedSchemas.EnsureProblem(document, ProblemName);
        operation.Responses ??= [];
        int[] always = needsSignIn ? [429, 500, 503] : [429, 500];
        foreach (var status in notes.Problems.Concat(always).Distinct().Order())
        {
            var name = status.ToString(CultureInfo.InvariantCulture);
            if (operation.Responses.ContainsKey(name))
            {
                continue;
            }

            var response = new OpenApiResponse
            {
                Description = Failure.OfStatus(status, null).Title + ".",
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(ProblemName, document) },
                },
                Headers = new Dictionary<string, IOpenApiHeader> { [ApiHeaders.CorrelationId] = Header("The id of the request, sent or made.") },
            };
            if (status is 429 or 503)
            {
                response.Headers["Retry-After"] = Header("Seconds after which asking again makes sense.");
            }

            if (status == 401)
            {
                response.Headers["WWW-Authenticate"] = Header("The scheme to sign in with.");
            }

            operation.Responses[name] = response;
        }
    }

    private static void AddSecurity(OpenApiOperation operation, IList<object> metadata, OpenApiDocument document)
    {
        var rules = metadata.OfType<IAuthorizeData>().ToList();
        operation.Security = [];
        if (rules.Count == 0)
        {
            return;
        }

        operation.Security.Add(new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(DescriptionSetup.BearerScheme, document)] = [] });
        if (rules.Any(rule => rule.Policy == AuthenticationSetup.AdminPolicy))
        {
            operation.Security.Add(new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(DescriptionSetup.AdminKeyScheme, document)] = [] });
        }
    }

    private static OpenApiHeader Header(string description) => new() { Description = description, Schema = Text() };

    private static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };
}
