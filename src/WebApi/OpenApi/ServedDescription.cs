using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using NeuroLab.WebApi.Http;

namespace NeuroLab.WebApi.OpenApi;

/// <summary>
/// The document as it is served. It is made once, when it is first asked for, and not for everyone who asks, for anyone may: only the path below which the service is found
/// (<see cref="PublicPath"/>) is another for each. Thread-safe.
/// </summary>
internal sealed class ServedDescription([FromKeyedServices(ServedDescription.Name)] IOpenApiDocumentProvider documents)
{
    /// <summary>The name of the document.</summary>
    public const string Name = "v1";

    /// <summary>Stands in the document where the path of a request goes; no path is written like it (<see cref="PublicPath.IsPlain"/>), nor is anything else.</summary>
    public const string PathMark = "{path below which the service is found}";

    private volatile string[]? _parts;

    /// <summary>Answers with it.</summary>
    public async Task WriteAsync(HttpContext http)
    {
        // Who asks while it is made for the first time makes it too. A failure is not kept.
        var parts = _parts ??= await MakeAsync(http.RequestAborted);
        var path = http.Request.PathBase is { HasValue: true } below ? below.Value : "/";
        http.Response.ContentType = "application/json; charset=utf-8";
        await http.Response.WriteAsync(string.Concat(parts[0], path, parts[1]), http.RequestAborted);
    }

    private async Task<string[]> MakeAsync(CancellationToken cancellationToken)
    {
        var document = await documents.GetOpenApiDocumentAsync(cancellationToken);
        var text = await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, cancellationToken);
        return text.Split(PathMark) is { Length: 2 } parts ? parts : throw new InvalidOperationException("The document has one place for the path.");
    }
}
