using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using NeuroLab.Application.Common;

namespace NeuroLab.WebApi.Http;

/// <summary>
/// Reads a JSON body into a record and refuses whatever is not exactly that: another content type (415), too many bytes (413), and, each with the
/// fields named (400), malformed JSON, unknown, repeated, missing or null members, and wrong types.
/// </summary>
internal static class JsonBody
{
    /// <summary>Most bytes of a body.</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MaxDepth = 16;
    private const string Body = "body";

    // Where a path is cut: a long name over many members would make paths, and a refusal, of the square of the body's length.
    private const int MaxPathLength = 200;

    /// <summary>Reads the body.</summary>
    /// <exception cref="RequestValidationException">It is not such a record.</exception>
    /// <exception cref="BadHttpRequestException">Its type or size is refused.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext http)
        where T : class
    {
        var request = http.Request;
        CheckContentType(request);
        if (request.ContentLength > MaxBytes)
        {
            throw TooLarge();
        }

        var body = await ReadBytesAsync(request.BodyReader, http.RequestAborted);
        return Parse<T>(body);
    }

    /// <summary>Reads bytes as a record.</summary>
    /// <exception cref="RequestValidationException">They are not such a record.</exception>
    internal static T Parse<T>(ReadOnlyMemory<byte> body)
        where T : class
    {
        if (body.IsEmpty)
        {
            throw new RequestValidationException(Body, "A JSON object is required.");
        }

        using var document = ParseDocument(body);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new RequestValidationException(Body, "Must be a JSON object.");
        }

        var errors = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        CheckText(root, "", errors);
        var type = ApiJson.Options.GetTypeInfo(typeof(T));
        CheckMembers(root, type, errors);
        if (errors.Count > 0)
        {
            throw new RequestValidationException(errors);
        }

        return root.Deserialize<T>(ApiJson.Options)!;
    }

    private static void CheckContentType(HttpRequest request)
    {
        if (string.IsNullOrEmpty(request.ContentType) && request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            throw new RequestValidationException(Body, "A JSON object is required.");
        }

        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (type.Charset.HasValue && !HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase)))
        {
            throw new BadHttpRequestException("The body must be sent as application/json in UTF-8.", StatusCodes.Status415UnsupportedMediaType);
        }
    }

    private static async Task<byte[]> ReadBytesAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > MaxBytes)
            {
                throw TooLarge();
            }

            if (read.IsCompleted)
            {
                var bytes = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return bytes;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static BadHttpRequestException TooLarge() => new($"A body has at most {MaxBytes} bytes.", StatusCodes.Status413PayloadTooLarge);

    private static JsonDocument ParseDocument(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MaxDepth });
        }
        catch (JsonException exception)
        {
            throw new RequestValidationException(
                Body, $"Is not well-formed JSON: see line {exception.LineNumber + 1 ?? 1}, byte {exception.BytePositionInLine + 1 ?? 1}.");
        }
    }

    /// <summary>Refuses what no store keeps as it was sent: repeated members, halves of surrogate pairs, NUL.</summary>
    private static void CheckText(JsonElement element, string path, Dictionary<string, IReadOnlyList<string>> errors)
    {
        if (element.ValueKind == JsonValueKind.String && TextOf(element.GetString) is null)
        {
            errors.TryAdd(FieldOf(path), ["Is not valid text."]);
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                CheckText(item, path, errors);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var member in element.EnumerateObject())
            {
                if (TextOf(() => member.Name) is not { } name)
                {
                    errors.TryAdd(FieldOf(path), ["Has a member whose name is not valid text."]);
                    continue;
                }

                var memberPath = PathOf(path, name);
                if (!seen.Add(name))
                {
                    errors.TryAdd(memberPath, ["Is there more than once."]);
                }

                CheckText(member.Value, memberPath, errors);
            }
        }
    }

    private static string PathOf(string path, string name)
    {
        if (path.Length > MaxPathLength)
        {
            return path;
        }

        var whole = path.Length == 0 ? name : $"{path}.{name}";
        return whole.Length <= MaxPathLength ? whole : $"{whole.AsSpan(0, MaxPathLength - (char.IsHighSurrogate(whole[MaxPathLength - 1]) ? 1 : 0))}...";
    }

    private static string FieldOf(string path) => path.Length == 0 ? Body : path;

    private static string? TextOf(Func<string?> read)
    {
        try
        {
            return read() is { } text && !text.Contains('\0', StringComparison.Ordinal) ? text : null;
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair: well-formed JSON, and no text.
            return null;
        }
    }

    private static void CheckMembers(JsonElement root, JsonTypeInfo type, Dictionary<string, IReadOnlyList<string>> errors)
    {
        // By names that are text: asked for one, the document stumbles over another that is none.
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in root.EnumerateObject())
        {
            if (TextOf(() => member.Name) is { } name)
            {
                members[name] = member.Value;
            }
        }

        foreach (var property in type.Properties)
        {
            if (errors.ContainsKey(property.Name))
            {
                continue;
            }

            if (!members.Remove(property.Name, out var value))
            {
                if (property.IsRequired)
                {
                    errors[property.Name] = ["Is required."];
                }
            }
            else if (value.ValueKind == JsonValueKind.Null)
            {
                if (!property.IsGetNullable)
                {
                    errors[property.Name] = ["Must not be null."];
                }
            }
            else if (!CanRead(value, property.PropertyType))
            {
                errors[property.Name] = [$"Must be {Describe(property.PropertyType)}."];
            }
        }

        foreach (var name in members.Keys)
        {
            errors.TryAdd(name, ["Is not known here."]);
        }
    }

    private static bool CanRead(JsonElement value, Type type)
    {
        try
        {
            _ = value.Deserialize(type, ApiJson.Options);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static string Describe(Type type) => type == typeof(string) ? "a string" : type == typeof(int) ? "a whole number" : "a JSON object";
}
