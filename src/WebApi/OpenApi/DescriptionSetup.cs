using Microsoft.OpenApi;
using NeuroLab.WebApi.Http;

namespace NeuroLab.WebApi.OpenApi;

/// <summary>The description of the API and the page that shows it.</summary>
internal static class DescriptionSetup
{
    /// <summary>The name of the scheme of access tokens.</summary>
    public const string BearerScheme = "bearer";

    /// <summary>The name of the scheme of the administrator's key.</summary>
    public const string AdminKeyScheme = "admin_api_key";

    private const string About = """
        Register, sign in, and send the access token as `Authorization: Bearer`. A session goes on with its refresh token, which works once.

        **Freshness.** Queries are answered from memory, Redis or the database. Each cached answer says which, how old it is and whether it is stale, in members (`_cache_hit`, `_stale_data`,
        `_cached_at`, `cache_info`, `partial_failure`, `failed_operations`) and in headers. An answer that is not marked stale reflects every write that this node acknowledged before,
        every other node's within a short while (two seconds unless configured otherwise), and at once every write whose `Consistency-Token` is sent along.

        **Errors** are problems (RFC 9457) with an `error_code` for programs and an `error_id` that finds them in the log. Unknown members, wrong types and values out of bounds are refused.

        Every answer carries headers for browsers as well (`Content-Security-Policy`, `X-Content-Type-Options` and the like). Bodies have at most 64 KiB.
        Lengths of texts are counted in units of UTF-16: a character beyond the basic plane counts as two. Names, usernames and e-mail addresses are trimmed before they are measured.
        """;

    /// <summary>Registers the description.</summary>
    public static void AddDescription(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options =>
        {
            ApiJson.Apply(options.SerializerOptions);

            // What is refused on the way in is no part of what an answer may hold.
            options.SerializerOptions.UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Skip;
        });
        services.AddSingleton<ServedDescription>();
        services.AddOpenApi(ServedDescription.Name, options =>
        {
            options.AddDocumentTransformer(static (document, _, _) =>
            {
                Introduce(document);
                return Task.CompletedTask;
            });
            options.AddSchemaTransformer<SchemaNotes>();
            options.AddOperationTransformer<OperationDescription>();
            options.AddDocumentTransformer<SchemaNotes>();
            options.AddDocumentTransformer<MadeExamples>();
        });
    }

    /// <summary>Maps the document, open to anyone.</summary>
    public static void MapDescription(this IEndpointRouteBuilder routes) =>
        routes.MapGet($"/openapi/{ServedDescription.Name}.json", static (HttpContext http, ServedDescription description) => description.WriteAsync(http)).ExcludeFromDescription();

    /// <summary>Serves the page, open to anyone. Its addresses are relative, so that it works under a proxy's path.</summary>
    public static void UseDescriptionPage(this IApplicationBuilder app) => app.UseWhen(
        static http => http.Request.Path.StartsWithSegments("/swagger", StringComparison.OrdinalIgnoreCase),
        static page => page.UseSwaggerUI(static options =>
        {
            options.RoutePrefix = "swagger";
            options.DocumentTitle = "NeuroLab 360";
            options.SwaggerEndpoint("../openapi/v1.json", "NeuroLab 360");
        }));

    private static void Introduce(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "NeuroLab 360",
            Version = "v1",
            Summary = "Mock neuroscience experiments, and dashboards over them.",
            Description = About,
            Contact = new OpenApiContact { Name = "The maintainers of NeuroLab 360" },
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };

        // No host: a client may have made it up.
        document.Servers = [new OpenApiServer { Url = ServedDescription.PathMark, Description = "This service" }];
        document.Tags = new HashSet<OpenApiTag>
        {
            new() { Name = "Sign-in", Description = "Accounts, sessions and tokens." },
            new() { Name = "Experiments", Description = "Experiments of the signed-in user." },
            new() { Name = "Dashboard", Description = "Cached aggregates of the signed-in user." },
            new() { Name = "Cache", Description = "The administration of the cache." },
            new() { Name = "Administration", Description = "What administrators did." },
            new() { Name = "Health", Description = "Health of the service and its parts." },
        };
        var components = document.Components ??= new OpenApiComponents();
        components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        components.SecuritySchemes[BearerScheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = "The access token of a sign-in.",
        };
        components.SecuritySchemes[AdminKeyScheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.ApiKey,
            In = ParameterLocation.Header,
            Name = ApiHeaders.AdminApiKey,
            Description = "The administrator's key, where one is configured.",
        };
    }
}
