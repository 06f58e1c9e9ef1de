using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;
using NeuroLab.WebApi.Errors;
using NeuroLab.WebApi.Http;

namespace NeuroLab.WebApi.OpenApi;

/// <summary>The answers that tell of an error, one a status, with examples that the code itself writes.</summary>
internal static class DescribedProblems
{
    private const string SchemaName = "Problem";
    private const string Path = "/api/experiments/0199c1a4-7c52-7b6e-9d3f-2f6d5a1e8b44";
    private const string ErrorId = "5f0c6d0a4c3e4b7f9a1d2e3f40516273";

    /// <summary>Describes that an operation may answer with a problem.</summary>
    public static async Task AddAsync(
        OpenApiOperation operation, int status, OpenApiOperationTransformerContext context, OpenApiDocument document, CancellationToken cancellationToken)
    {
        var code = status.ToString(CultureInfo.InvariantCulture);
        var title = Failure.OfStatus(status, null).Title;
        var name = string.Concat(title.Split(' ').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
        if (document.Components?.Responses?.ContainsKey(name) != true)
        {
            if (document.Components?.Schemas?.ContainsKey(SchemaName) != true)
            {
                document.AddComponent(SchemaName, await context.GetOrCreateSchemaAsync(typeof(ApiProblem), cancellationToken: cancellationToken));
            }

            document.AddComponent(name, Make(status, title, document));
        }

        operation.Responses![code] = new OpenApiResponseReference(name, document);
    }

    private static OpenApiResponse Make(int status, string title, OpenApiDocument document)
    {
        var answer = new OpenApiResponse
        {
            Description = title + ".",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/problem+json"] = new()
                {
                    Schema = new OpenApiSchemaReference(SchemaName, document),
                    Examples = ExamplesOf(status).ToDictionary(example => example.Name, IOpenApiExample (example) => new OpenApiExample
                    {
                        Summary = example.Summary,
                        Value = JsonSerializer.SerializeToNode(ApiProblem.Of(example.Failure, Path, ErrorId), ApiJson.Options),
                    }),
                },
            },
        };
        DescribedHeaders.Add(answer, document, ApiHeaders.CorrelationId, HeaderNames.CacheControl);
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            DescribedHeaders.Add(answer, document, HeaderNames.RetryAfter);
        }

        if (status == StatusCodes.Status401Unauthorized)
        {
            DescribedHeaders.Add(answer, document, HeaderNames.WWWAuthenticate);
        }

        return answer;
    }

    private static IEnumerable<(string Name, string Summary, Failure Failure)> ExamplesOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest =>
        [
            ("field", "A value is out of its bounds.", Failure.Of(new RequestValidationException("limit", "Must be a whole number from 1 to 100."))),
            ("body", "The body is no JSON object.", Failure.Of(new RequestValidationException("body", "Must be a JSON object."))),
        ],
        StatusCodes.Status404NotFound => [("not_found", "There is no such thing, or it is another user's.", Failure.Of(new NotFoundException("There is no such experiment.")))],
        StatusCodes.Status409Conflict => [("conflict", "Somebody else was faster.", Failure.Of(new ConflictException("It was changed or deleted meanwhile.")))],
        StatusCodes.Status429TooManyRequests =>
            [("too_many", "Too many requests of one user or address.", Failure.Of(new RateLimitedException("Too many requests in this minute.", TimeSpan.FromSeconds(42))))],
        StatusCodes.Status503ServiceUnavailable =>
        [
            ("database", "The database cannot be reached, and there is no copy to serve.", Failure.Of(new OriginUnavailableException(StaleReason.OriginError))),
            ("circuit", "The database was failing a moment ago and is not asked now.", Failure.Of(new OriginUnavailableException(StaleReason.CircuitOpen, TimeSpan.FromSeconds(5)))),
            ("overload", "There is more to do than the service can.", Failure.Overloaded("Too many requests are under way.", TimeSpan.FromSeconds(1))),
        ],
        _ => [("problem", Failure.OfStatus(status, null).Title + ".", Failure.OfStatus(status, null))],
    };
}
