using System.Collections;

namespace NeuroLab.WebApi.Http;

/// <summary>Headers of the contract that the framework has no names for.</summary>
internal static class ApiHeaders
{
    public const string CorrelationId = "X-Correlation-ID";
    public const string ConsistencyToken = "Consistency-Token";
    public const string CacheStatus = "Cache-Status";
    public const string AdminApiKey = "X-Admin-API-Key";
    public const string LastEventId = "Last-Event-ID";
    public const string AccelBuffering = "X-Accel-Buffering";
}

/// <summary>Gives every answer its correlation id and its security headers, errors included, and the log of the request the id.</summary>
internal sealed class ResponseHeaders(RequestDelegate next, ILogger<ResponseHeaders> logger)
{
    private const string NothingAllowed = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>Swagger's page has style attributes and images inside its own style sheet; its scripts are files.</summary>
    private const string SwaggerAllowed =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>What the service's own page may do: all of it is files of the service, and its requests go nowhere else.</summary>
    public const string PageAllowed =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>A year. Not for the hosts below this one: they are somebody else's to speak for.</summary>
    private const string OverHttpsOnly = "max-age=31536000";

    /// <summary>Handles a request.</summary>
    public async Task InvokeAsync(HttpContext http)
    {
        http.TraceIdentifier = Sane(http.Request.Headers[ApiHeaders.CorrelationId]) ?? NewId();
        http.Response.OnStarting(
            static state =>
            {
                Set((HttpContext)state);
                return Task.CompletedTask;
            },
            http);
        using (logger.BeginScope(new RequestScope(http.TraceIdentifier, http.Request.PathBase.Add(http.Request.Path))))
        {
            await next(http);
        }
    }

    /// <summary>An id that no other request has: 128 random bits, of a generator that was seeded by the system's.</summary>
    internal static string NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        Random.Shared.NextBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>The id that a client sent, where it can be echoed: 1 to 64 of <c>A-Z a-z 0-9 . _ -</c>, once.</summary>
    internal static string? Sane(Microsoft.Extensions.Primitives.StringValues sent) =>
        sent.Count == 1 && sent[0] is { Length: > 0 and <= 64 } id && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') ? id : null;

    private static void Set(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers[ApiHeaders.CorrelationId] = http.TraceIdentifier;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";

        // Keeps other sites from loading an answer as an image or a script; a request that CORS allows is not affected by it.
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (http.Request.IsHttps)
        {
            headers.StrictTransportSecurity = OverHttpsOnly;
        }

        if (headers.ContentSecurityPolicy.Count == 0)
        {
            headers.ContentSecurityPolicy = http.Request.Path.StartsWithSegments("/swagger", StringComparison.OrdinalIgnoreCase) ? SwaggerAllowed : NothingAllowed;
        }

        if (headers.CacheControl.Count == 0 && http.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
        {
            headers.CacheControl = "no-store";
        }
    }
}

/// <summary>What the log says of a request beside each line: its id, and the path that was asked for. Becomes text where a line is written, and not before: the path escaped, for what a client puts there is no line of its own.</summary>
internal sealed class RequestScope(string id, PathString path) : IReadOnlyList<KeyValuePair<string, object?>>
{
    /// <inheritdoc />
    public int Count => 2;

    /// <inheritdoc />
    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new("CorrelationId", id),
        1 => new("RequestPath", path.ToUriComponent()),
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    /// <inheritdoc />
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        yield return this[0];
        yield return this[1];
    }

    /// <inheritdoc />
    public override string ToString() => $"CorrelationId:{id} RequestPath:{path.ToUriComponent()}";

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
