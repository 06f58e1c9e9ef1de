using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.HttpOverrides;

namespace NeuroLab.WebApi.Http;

/// <summary>
/// Below which path clients find the service, where a proxy has it below one, such as <c>/neurolab</c>: what is configured, else what a known proxy says in <c>X-Forwarded-Prefix</c>.
/// The addresses in answers begin with it.
/// </summary>
internal static partial class PublicPath
{
    /// <summary>What the service's own paths begin with, those of the page last.</summary>
    private static readonly string[] OwnRoots = ["api", "health", "metrics", "openapi", "swagger", "assets", "experiments", "observatory", "sign-in", "sign-up"];

    /// <summary>The same, to be read.</summary>
    public static string OwnNames { get; } = string.Join(", ", OwnRoots);

    /// <summary>Whether a path can be one: segments of letters, digits and <c>. _ ~ -</c>, each after a slash, none of them a dot or two. A path that begins with two slashes would name a host.</summary>
    public static bool IsPlain(string path) => Plain().IsMatch(path);

    /// <summary>Whether a path begins as one of the service's own: below it, what is asked of the service could not be told from what is asked of the proxy.</summary>
    public static bool IsOwn(string path) => OwnRoots.Any(root => new PathString(path).StartsWithSegments($"/{root}", StringComparison.OrdinalIgnoreCase));

    /// <summary>Finds the path of each request: after this, <c>PathBase</c> is it, and <c>Path</c> what comes behind. A configured path may stand before that or not.</summary>
    /// <param name="app">The pipeline, at its beginning.</param>
    /// <param name="proxies">The proxies whose headers count.</param>
    /// <param name="configured">The path, whatever a proxy says; null where a proxy may say one.</param>
    public static void UsePublicPath(this IApplicationBuilder app, IReadOnlyList<IPAddress> proxies, string? configured)
    {
        if (proxies.Count > 0)
        {
            app.UseForwardedHeaders(Forwarding(proxies, takePrefix: configured is null));
        }

        if (configured is null && proxies.Count == 0)
        {
            // Nobody says one, and the server sets none.
            return;
        }

        app.Use((http, next) =>
        {
            http.Request.PathBase = configured is null ? Forwarded(http.Request.PathBase) : new PathString(configured);

            // Only what the operator chose is ever taken off: a header that the proxy passes on is the client's, and could lead past the proxy's rules to another path of the service.
            if (configured is not null && http.Request.Path.StartsWithSegments(configured, out var rest))
            {
                http.Request.Path = rest;
            }

            return next(http);
        });
    }

    /// <summary>What a proxy said, before which nothing sets the base; none where it is no plain path.</summary>
    private static PathString Forwarded(PathString said)
    {
        var path = said.Value ?? "";
        path = path.EndsWith('/') ? path[..^1] : path;
        return IsPlain(path) ? new PathString(path) : default;
    }

    private static ForwardedHeadersOptions Forwarding(IReadOnlyList<IPAddress> proxies, bool takePrefix)
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | (takePrefix ? ForwardedHeaders.XForwardedPrefix : ForwardedHeaders.None),
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            options.KnownProxies.Add(proxy);
        }

        return options;
    }

    [GeneratedRegex(@"^(/(?!\.{1,2}(/|\z))[A-Za-z0-9._~-]+)+\z")]
    private static partial Regex Plain();
}
