using System.Text.Json.Nodes;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using NeuroLab.WebApi.Http;

namespace NeuroLab.WebApi.OpenApi;

/// <summary>The headers of requests and answers, each described once.</summary>
internal static class DescribedHeaders
{
    /// <summary>What every answer of a cached query has.</summary>
    public static IReadOnlyList<string> OfFreshness { get; } = [ApiHeaders.CacheStatus, HeaderNames.Age, HeaderNames.ETag, HeaderNames.Vary];

    /// <summary>Adds headers to an answer.</summary>
    public static void Add(OpenApiResponse answer, OpenApiDocument document, params IEnumerable<string> names)
    {
        answer.Headers ??= new Dictionary<string, IOpenApiHeader>();
        foreach (var name in names)
        {
            if (document.Components?.Headers?.ContainsKey(name) != true)
            {
                document.AddComponent(name, OfAnAnswer(name));
            }

            answer.Headers[name] = new OpenApiHeaderReference(name, document);
        }
    }

    /// <summary>A header that a request may have.</summary>
    public static IOpenApiParameter OfARequest(OpenApiDocument document, string name)
    {
        if (document.Components?.Parameters?.ContainsKey(name) != true)
        {
            var (description, example) = name switch
            {
                ApiHeaders.CorrelationId => ("An id of the client's own for this request: 1 to 64 of `A-Z a-z 0-9 . _ -`. Anything else is replaced by one that is made.", "checkout-42"),
                ApiHeaders.LastEventId => ("The id of the last event that the client has: the stream goes on after it.", "5f0c6d0a-4c3e-4b7f-9a1d-2e3f40516273-42"),
                ApiHeaders.ConsistencyToken => ("The token of a write that the answer must reflect.", "v1.2a"),
                _ => ("Tags of answers that the client has; where one is still right the answer is 304.", "W/\"n4bQgYhMfWWaL-qgxVrQFA\""),
            };
            document.AddComponent(name, new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Header,
                Description = description,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                Example = JsonValue.Create(example),
            });
        }

        return new OpenApiParameterReference(name, document);
    }

    private static OpenApiHeader OfAnAnswer(string name) => name switch
    {
        ApiHeaders.CorrelationId => Always("The id of the request, sent or made; it is in the log.", "checkout-42", pattern: "^[A-Za-z0-9._-]{1,64}$"),
        ApiHeaders.ConsistencyToken => Always(
            "Names the write; sent back with a read, the answer reflects at least that write, on every node.", "v1.2a", "^v1\\.[0-9a-f]{1,16}$"),
        ApiHeaders.CacheStatus => Always("How the cache answered (RFC 9211).", "NeuroLab; hit; ttl=212; detail=memory", "^NeuroLab; "),
        "Age" => Seconds("Whole seconds since the value was loaded.", 0, 88),
        "ETag" => Always("Weak tag over the value and its marks.", "W/\"n4bQgYhMfWWaL-qgxVrQFA\"", "^W/\""),
        "Vary" => Always("The answer is the signed-in user's own: always `Authorization`.", "Authorization", "Authorization"),
        "Cache-Control" => Always(
            "Of a cached query `private, no-cache`: a client may keep the answer and must ask; stale and partial answers `private, no-store`. All else is `no-store`.",
            "private, no-cache",
            "no-(cache|store)"),
        "Location" => Always("Where it can be read.", "/api/experiments/0199c1a4-7c52-7b6e-9d3f-2f6d5a1e8b44", "^/"),
        "Retry-After" => Seconds("Seconds after which asking again makes sense.", 1, 5),
        "WWW-Authenticate" => Always("The scheme to sign in with (RFC 6750).", "Bearer", "^Bearer"),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "A header needs a description."),
    };

    private static OpenApiHeader Always(string description, string example, string pattern) => new()
    {
        Description = description,
        Required = true,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = pattern },
        Example = JsonValue.Create(example),
    };

    private static OpenApiHeader Seconds(string description, int least, int example) => new()
    {
        Description = description,
        Required = true,
        Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = least.ToString(System.Globalization.CultureInfo.InvariantCulture) },
        Example = JsonValue.Create(example),
    };
}
