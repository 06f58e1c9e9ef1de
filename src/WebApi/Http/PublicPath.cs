using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.HttpOverrides;

namespace NeuroLab.WebApi.Http;

/// <summary>
/// Below which path clients find the service, where a proxy has it below one, such as <c>/neurolab</c>: what a known proxy says in <c>X-Forwarded-Prefix</c>, else what is
/// configured. The addresses in answers begin with it.
/// </summary>
internal static partial class PublicPath
{
    /// <summary>Whether a path can be one: segments of letters, digits and <c>. _ ~ -</c>, each after a slash, none of them a dot or two. A path that begins with two slashes would name a host.</summary>
    public static bool IsPlain(string path) => Plain().IsMatch(path);

    /// <summary>Finds the path of each request: after this, <c>PathBase</c> is it, and <c>Path</c> what comes behind, whether the proxy takes the prefix off or not.</summary>
    /// <param name="app">The pipeline, at its beginning.</param>
    /// <param name="proxies">The proxies whose headers count.</param>
    /// <param name="configured">The path where no proxy says one; null for none.</param>
    public static void UsePublicPath(this IApplicationBuilder app, IReadOnlyList<IPAddress> proxies, string? configured)
    {
        if (proxies.Count > 0)
        {
            app.UseForwardedHeaders(Forwarding(proxies));
        }

        app.Use((http, next) =>
        {
            // A proxy may pass on what its client made up; and before this nothing else sets the base.
            var prefix = http.Request.PathBase is { HasValue: true } forwarded && IsPlain(forwarded.Value!) ? forwarded : new PathString(configured);
            http.Request.PathBase = prefix;
            if (prefix.HasValue && http.Request.Path.StartsWithSegments(prefix, out var rest))
            {
                http.Request.Path = rest;
            }

            return next(http);
        });
    }

    private static ForwardedHeadersOptions Forwarding(IReadOnlyList<IPAddress> proxies)
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedPrefix,
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
