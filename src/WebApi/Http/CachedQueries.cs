using MediatR;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Common;
using NeuroLab.WebApi.Freshness;

namespace NeuroLab.WebApi.Http;

/// <summary>
/// Sends cached queries and answers with what comes back. In no scope of the request's: nothing on their way belongs to one, and where one has to be loaded the load has a scope of its
/// own. Thread-safe.
/// </summary>
/// <param name="mediator">The mediator.</param>
/// <param name="clock">The clock.</param>
internal sealed class CachedQueries(IMediator mediator, TimeProvider clock)
{
    /// <summary>The parameter by which a reader asks for the origin.</summary>
    public static readonly FlagParameter ForceRefresh = new("force_refresh", "Answer from the origin and store the answer; when the origin fails, fall back like any load.");

    /// <summary>Answers with a cached query.</summary>
    /// <param name="http">The request.</param>
    /// <param name="make">Makes the query from what is asked of it and of the cache.</param>
    /// <exception cref="RequestValidationException">A query parameter is wrong.</exception>
    /// <exception cref="InvalidOperationException">The query was made without what is asked of the cache.</exception>
    public async Task AnswerAsync<T>(HttpContext http, Func<QueryReader, CacheReadOptions, ICacheableQuery<T>> make)
    {
        var reader = QueryReader.Of(http);
        var forced = reader.Flag(ForceRefresh);
        var options = new CacheReadOptions(forced, After(http.Request));
        var query = make(reader, options);
        reader.ThrowIfInvalid();

        // A query without them compiles, and would answer from the cache whatever is asked.
        if (query.ReadOptions != options)
        {
            throw new InvalidOperationException($"{query.GetType().Name} is made without what is asked of the cache: write `new {query.GetType().Name}(...) {{ ReadOptions = read }}` where it is mapped.");
        }

        await CachedAnswer.WriteAsync(http, await mediator.Send(query, http.RequestAborted), forced, clock.GetUtcNow().UtcDateTime);
    }

    private static ConsistencyToken? After(HttpRequest request)
    {
        var sent = request.Headers[ApiHeaders.ConsistencyToken];
        if (sent.Count == 0)
        {
            return null;
        }

        return sent.Count == 1 && ConsistencyToken.TryParse(sent[0], out var token) ? token : ConsistencyToken.Unknown;
    }
}
