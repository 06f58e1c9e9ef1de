using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;
using NeuroLab.Domain.Common;

namespace NeuroLab.WebApi.Errors;

/// <summary>What a client is told of a failure: the one place where exceptions become statuses and codes.</summary>
internal sealed record Failure(int Status, string Code, string Title, string Detail)
{
    /// <summary>Seconds after which asking again makes sense; 1 or more.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Field to what is wrong with it.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors { get; init; }

    /// <summary>What an exception means.</summary>
    public static Failure Of(Exception exception) => exception switch
    {
        RequestValidationException e => OfStatus(StatusCodes.Status400BadRequest, e.Message) with { Errors = e.Errors },
        DomainRuleException e => OfStatus(StatusCodes.Status400BadRequest, "The request is not valid.") with
        {
            Errors = new Dictionary<string, IReadOnlyList<string>> { [e.Field] = [e.Message] },
        },
        AuthenticationFailedException e => OfStatus(StatusCodes.Status401Unauthorized, e.Message),
        AccessDeniedException e => OfStatus(StatusCodes.Status403Forbidden, e.Message),
        NotFoundException e => OfStatus(StatusCodes.Status404NotFound, e.Message),
        ConflictException e => OfStatus(StatusCodes.Status409Conflict, e.Message),
        RateLimitedException e => OfStatus(StatusCodes.Status429TooManyRequests, e.Message) with { RetryAfter = Seconds(e.RetryAfter) },
        OverloadedException e => Overloaded(e.Message, e.RetryAfter),
        OriginUnavailableException e => OfStatus(StatusCodes.Status503ServiceUnavailable, e.Message) with
        {
            Code = e.Reason == StaleReason.CircuitOpen ? ErrorCodes.CircuitOpen : ErrorCodes.Database,
            RetryAfter = Seconds(e.RetryAfter),
        },
        BadHttpRequestException e => OfStatus(e.StatusCode, BadRequestDetail(e)),
        _ => OfStatus(StatusCodes.Status500InternalServerError, null),
    };

    /// <summary>More to do than the service can.</summary>
    /// <param name="detail">What there is too much of, safe to show.</param>
    /// <param name="retryAfter">After what time asking again makes sense.</param>
    public static Failure Overloaded(string detail, TimeSpan retryAfter) => OfStatus(StatusCodes.Status503ServiceUnavailable, detail) with
    {
        Code = ErrorCodes.RateLimited,
        RetryAfter = Seconds(retryAfter),
    };

    /// <summary>What a status means where there is no exception.</summary>
    /// <param name="status">The status, 400 or more.</param>
    /// <param name="detail">What happened this time, safe to show; null for a general sentence.</param>
    public static Failure OfStatus(int status, string? detail) => status switch
    {
        StatusCodes.Status400BadRequest => new(status, ErrorCodes.Validation, "Bad request", detail ?? "The request is not valid."),
        StatusCodes.Status401Unauthorized => new(status, ErrorCodes.AuthenticationFailed, "Not signed in", detail ?? "A valid access token is required."),
        StatusCodes.Status403Forbidden => new(status, ErrorCodes.AccessDenied, "Forbidden", detail ?? "You may not do this."),
        StatusCodes.Status404NotFound => new(status, ErrorCodes.NotFound, "Not found", detail ?? "There is nothing here."),
        StatusCodes.Status405MethodNotAllowed => new(status, ErrorCodes.Validation, "Method not allowed", detail ?? "This method is not supported here; see the Allow header."),
        StatusCodes.Status408RequestTimeout => new(status, ErrorCodes.Validation, "Request timeout", detail ?? "The body took too long to arrive."),
        StatusCodes.Status409Conflict => new(status, ErrorCodes.Conflict, "Conflict", detail ?? "The request contradicts what is there."),
        StatusCodes.Status413PayloadTooLarge => new(status, ErrorCodes.Validation, "Body too large", detail ?? "The body is too large."),
        StatusCodes.Status415UnsupportedMediaType => new(status, ErrorCodes.Validation, "Unsupported media type", detail ?? "The body must be sent as application/json in UTF-8."),
        StatusCodes.Status429TooManyRequests => new(status, ErrorCodes.RateLimited, "Too many requests", detail ?? "Too many requests."),
        StatusCodes.Status503ServiceUnavailable => new(status, ErrorCodes.Database, "Temporarily unavailable", detail ?? "The database cannot be reached at the moment."),
        < 500 => new(status, ErrorCodes.Validation, "Bad request", detail ?? "The request is not valid."),
        _ => new(status, ErrorCodes.Internal, "Internal error", "Something went wrong on our side. The error id finds it in the log."),
    };

    /// <summary>Whole seconds, rounded up, at least one.</summary>
    public static int Seconds(TimeSpan wait) => (int)Math.Clamp(Math.Ceiling(wait.TotalSeconds), 1, 86_400);

    /// <summary>The server's own refusals have fixed texts; they are said again here so that none of its wording becomes part of the contract.</summary>
    private static string? BadRequestDetail(BadHttpRequestException exception) =>
        exception.StatusCode is StatusCodes.Status408RequestTimeout or StatusCodes.Status413PayloadTooLarge or StatusCodes.Status415UnsupportedMediaType
            ? null
            : "The request could not be read.";
}
