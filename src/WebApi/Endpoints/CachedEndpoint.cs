using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.WebApi.Http;
using NeuroLab.WebApi.OpenApi;
using NeuroLab.WebApi.Security;

namespace NeuroLab.WebApi.Endpoints;

/// <summary>Maps cached queries.</summary>
internal static class CachedEndpoint
{
    /// <summary>Maps a path to a cached query of the signed-in user: answered with its freshness, and described, parameters and all.</summary>
    /// <param name="routes">The group; it asks for a sign-in.</param>
    /// <param name="path">Where it is found.</param>
    /// <param name="name">The operation's name in the API's description.</param>
    /// <param name="summary">One sentence for the description.</param>
    /// <param name="make">Makes the query of the user's id, the query parameters, and what is asked of the cache, which goes into its <c>ReadOptions</c>: a query without it is refused.</param>
    /// <param name="parameters">The query parameters that <paramref name="make"/> reads: any other is refused.</param>
    public static RouteHandlerBuilder MapCached<T>(
        this IEndpointRouteBuilder routes, string path, string name, string summary,
        Func<Guid, QueryReader, CacheReadOptions, ICacheableQuery<T>> make, params IReadOnlyList<QueryParameter> parameters)
    {
        var queries = routes.ServiceProvider.GetRequiredService<CachedQueries>();

        // Not as a request delegate: what is mapped as one has no place in the description.
        return routes.MapGet(path, (Func<HttpContext, Task>)(http => queries.AnswerAsync(http, (query, read) => make(http.User.Id(), query, read))))
            .Describe(name, summary, new() { IsCached = true, Parameters = parameters })
            .Produces<T>();
    }
}
