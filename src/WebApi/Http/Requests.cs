using MediatR;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Common;
using NeuroLab.WebApi.Freshness;

namespace NeuroLab.WebApi.Http;

/// <summary>Sends requests of the Application and answers with what comes back.</summary>
internal static class Requests
{
    /// <summary>The parameter by which a reader asks for the origin.</summary>
    public static readonly FlagParameter ForceRefresh = new("force_refresh", "Answer from the origin and store the answer; when the origin fails, fall back like any load.");

    /// <summary>Answers with a cached query.</summary>
    /// <param name="mediator">The mediator.</param>
    /// <param name="http">The request.</param>
    /// <param name="make">Makes the query from what is asked of it and of the cache.</param>
    /// <exception cref="RequestValidationException">A query parameter is wrong.</exception>
    /// <exception cref="InvalidOperationException">The query was made without what is asked of the cache.</exception>
    public static async Task AnswerAsync<T>(
        this IMediator mediator, HttpContext http, Func<QueryReader, CacheReadOptions, ICacheableQuery<T>> make)
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

        CachedAnswer.Write(http, await mediator.Send(query, http.RequestAborted), forced);
    }

    /// <summary>Sends a command and puts the token of its write into the answer's headers.</summary>
    public static async Task<T> CommandAsync<T>(this IMediator mediator, HttpContext http, ICommand<T> command)
    {
        var committed = await mediator.Send(command, http.RequestAborted);
        if (committed.Token is { } token)
        {
            http.Response.Headers[ApiHeaders.ConsistencyToken] = token.ToString();
        }

        return committed.Value;
    }

    /// <summary>Reads an id of the path. What is no id names nothing.</summary>
    /// <exception cref="NotFoundException">It is not a UUID.</exception>
    public static Guid Id(string text, string what) =>
        // The framework's reader takes signs in the place of digits, and spaces around them.
        Guid.TryParseExact(text, "D", out var id) && string.Equals(id.ToString("D"), text, StringComparison.OrdinalIgnoreCase) ? id : throw new NotFoundException($"There is no such {what}.");

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
