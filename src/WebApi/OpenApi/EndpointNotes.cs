using NeuroLab.WebApi.Http;

namespace NeuroLab.WebApi.OpenApi;

/// <summary>
/// What the description of the API says of an endpoint beyond its route and the types that it produces. Statuses, headers and security follow from it (<see cref="OperationDescription"/>). Immutable.
/// </summary>
internal sealed record EndpointNotes
{
    /// <summary>The type of the body it reads; null where it reads none.</summary>
    public Type? Body { get; init; }

    /// <summary>The query parameters that it reads.</summary>
    public IReadOnlyList<QueryParameter> Parameters { get; init; } = [];

    /// <summary>Whether it answers with freshness.</summary>
    public bool IsCached { get; init; }

    /// <summary>Whether it answers with a consistency token: it writes what is cached.</summary>
    public bool AnswersWithToken { get; init; }

    /// <summary>Whether its write may fail because somebody else was faster.</summary>
    public bool MayConflict { get; init; }

    /// <summary>Whether it answers with the address of what it made.</summary>
    public bool AnswersWithLocation { get; init; }

    /// <summary>Whether it answers with a stream that goes on after an event that is named in a header.</summary>
    public bool CanBeResumed { get; init; }

    /// <summary>The statuses of its problems, beside those that follow from who may ask, what it reads and what it does.</summary>
    public IReadOnlyList<int> Problems { get; init; } = [];

    /// <summary>Whether a query parameter is one that it reads.</summary>
    public bool Reads(QueryParameter parameter) => (IsCached && parameter == CachedQueries.ForceRefresh) || Parameters.Contains(parameter);
}

/// <summary>Notes down what an endpoint reads and answers.</summary>
internal static class EndpointNotesExtensions
{
    /// <summary>Describes an endpoint.</summary>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder endpoint, string name, string summary, EndpointNotes notes) =>
        endpoint.WithName(name).WithSummary(summary).WithMetadata(notes);

    /// <summary>Describes an answer without a body.</summary>
    public static RouteHandlerBuilder AnswersNothing(this RouteHandlerBuilder endpoint) => endpoint.Produces(StatusCodes.Status204NoContent);

    /// <summary>The notes of an endpoint.</summary>
    public static EndpointNotes? Notes(this IEnumerable<object> metadata) => metadata.OfType<EndpointNotes>().LastOrDefault();
}
