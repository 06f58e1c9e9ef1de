namespace NeuroLab.WebApi.Http;

/// <summary>Keeps out of the log what must not be in it, at whatever level the operator asks for.</summary>
internal static class LogPrivacy
{
    /// <summary>Categories of the framework whose finer messages quote what clients send, or tell of keys.</summary>
    private static readonly string[] Quoting =
    [
        // What is wrong with a token, as the text of exceptions, with a hash of the signing key: enough to guess a weak one by.
        "Microsoft.AspNetCore.Authentication.JwtBearer.JwtBearerHandler",

        // The line of a malformed request or header, which may be half a token.
        "Microsoft.AspNetCore.Server.Kestrel.BadRequests",
    ];

    /// <summary>
    /// Writes the line of each request with its query string: patterns over keys, and whatever else somebody puts there. It is off altogether, and with it a word at the start on
    /// addresses that are set twice: while it may write anything, the framework makes a span and a scope of its own for every request, read or not.
    /// </summary>
    private const string OfEachRequest = "Microsoft.AspNetCore.Hosting.Diagnostics";

    /// <summary>The providers of the default builder: a level that is configured for one of them would win over a rule for all.</summary>
    private static readonly string?[] Providers = [null, "Console", "Debug", "EventSource", "EventLog"];

    /// <summary>Adds the rules after those of the configuration: of two that fit alike, the later wins.</summary>
    public static void AddLogPrivacy(this IServiceCollection services) => services.PostConfigure<LoggerFilterOptions>(options =>
    {
        foreach (var provider in Providers)
        {
            foreach (var category in Quoting)
            {
                options.Rules.Add(new LoggerFilterRule(provider, category, LogLevel.Warning, null));
            }

            options.Rules.Add(new LoggerFilterRule(provider, OfEachRequest, LogLevel.None, null));
        }
    });
}
