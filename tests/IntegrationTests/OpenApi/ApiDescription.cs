using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NeuroLab.IntegrationTests.Streaming;
using NeuroLab.WebApi.Streaming;

namespace NeuroLab.IntegrationTests.OpenApi;

/// <summary>A description of the API, and what it says of an answer.</summary>
internal sealed class ApiDescription
{
    /// <summary>What the server adds to answers, and what every answer tells browsers: described once in words, and not at each answer.</summary>
    private static readonly HashSet<string> Common = new(StringComparer.OrdinalIgnoreCase)
    {
        "Content-Type", "Content-Length", "Transfer-Encoding", "Date", "Connection",
        "Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Permissions-Policy",
        "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Strict-Transport-Security",

        // For proxies that would collect a stream.
        "X-Accel-Buffering",

        // The framework's words for caches from before HTTP/1.1, wherever an exception became an answer.
        "Pragma", "Expires",
    };

    private readonly JsonNode _document;
    private readonly BodySchemas _schemas;

    /// <summary>Reads a description.</summary>
    public ApiDescription(string json)
    {
        _document = JsonNode.Parse(json)!;
        _schemas = new BodySchemas(_document);
        Operations =
        [
            .. from path in _document["paths"]!.AsObject()
               from operation in path.Value!.AsObject()
               select new DescribedOperation(operation.Key.ToUpperInvariant(), path.Key, operation.Value!.AsObject(), this),
        ];
    }

    /// <summary>Every operation.</summary>
    public IReadOnlyList<DescribedOperation> Operations { get; }

    /// <summary>The bodies that are described, with what they are shown as an example.</summary>
    public IEnumerable<(string Where, JsonObject Body)> Bodies =>
        from operation in Operations
        from body in operation.Bodies
        select body;

    /// <summary>What a reference stands for; what is no reference stands for itself.</summary>
    public JsonObject Resolve(JsonNode node) => node["$ref"]?.GetValue<string>() is { } reference
        ? reference.TrimStart('#', '/').Split('/').Aggregate(_document, (part, name) => part[name]!).AsObject()
        : node.AsObject();

    /// <summary>What is wrong with the examples of a body; that it has none as well.</summary>
    public IEnumerable<string> ExampleComplaints(JsonObject body)
    {
        var examples = body["example"] is { } one ? [one] : body["examples"]?.AsObject().Select(example => example.Value!["value"]!).ToList() ?? [];
        return examples.Count == 0 ? ["There is no example."] : examples.SelectMany(example => _schemas.Complaints(body["schema"]!, example.ToJsonString()));
    }

    /// <summary>What is wrong with an answer by this description.</summary>
    public IEnumerable<string> Complaints(DescribedOperation operation, Seen seen)
    {
        if (operation.Answer(seen.Status) is not { } described)
        {
            return [$"{operation} answers {seen.Status}, which is not described."];
        }

        return BodyComplaints(described, seen).Concat(HeaderComplaints(described, seen)).Select(complaint => $"{operation} {seen.Status}: {complaint}");
    }

    private IEnumerable<string> BodyComplaints(JsonObject described, Seen seen)
    {
        if (described["content"] is not JsonObject content)
        {
            return seen.Body.Length == 0 ? [] : ["There is a body, and none is described."];
        }

        return seen.MediaType is { } type && content[type]?["schema"] is { } schema ? _schemas.Complaints(schema, seen.Body) : [$"The body is {seen.MediaType}, which is not described."];
    }

    private IEnumerable<string> HeaderComplaints(JsonObject described, Seen seen)
    {
        var headers = described["headers"]?.AsObject().ToDictionary(header => header.Key, header => Resolve(header.Value!), StringComparer.OrdinalIgnoreCase) ?? [];
        foreach (var (name, header) in headers)
        {
            if (!seen.Headers.TryGetValue(name, out var value))
            {
                if (header["required"]?.GetValue<bool>() == true)
                {
                    yield return $"The header {name} is described and not there.";
                }
            }
            else if (!IsRight(header["schema"]!, value))
            {
                yield return $"The header {name} is not as it is described: {value}";
            }
        }

        foreach (var name in seen.Headers.Keys.Where(name => !Common.Contains(name) && !headers.ContainsKey(name)))
        {
            yield return $"The header {name} is there and not described.";
        }
    }

    private static bool IsRight(JsonNode schema, string value) => schema["type"]!.GetValue<string>() == "integer"
        ? long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= schema["minimum"]!.GetValue<long>()
        : Regex.IsMatch(value, schema["pattern"]!.GetValue<string>());
}

/// <summary>An answer that was seen.</summary>
internal sealed record Seen(int Status, string? MediaType, string Body, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The first event of a stream, as the description has it: its data below its name.</summary>
    private static async Task<string> FirstEventAsync(HttpResponseMessage answer)
    {
        await using var events = await EventStream.OfAsync(answer);
        var first = await events.NextAsync() ?? throw new InvalidDataException("The stream ended before its first event.");
        return new JsonObject { [first.EventType] = JsonNode.Parse(first.Data.GetRawText()) }.ToJsonString();
    }

    public static async Task<Seen> OfAsync(HttpResponseMessage answer) => new(
        (int)answer.StatusCode,
        answer.Content.Headers.ContentType?.MediaType,
        answer.Content.Headers.ContentType?.MediaType == EventStreamResult.ContentType ? await FirstEventAsync(answer) : await answer.Content.ReadAsStringAsync(),
        answer.Headers.Concat(answer.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase));
}
