using System.Text.Json.Serialization;

namespace NeuroLab.WebApi.Errors;

/// <summary>An error as a client sees it (RFC 9457). Never text of an exception that was not written for clients.</summary>
internal sealed record ApiProblem
{
    /// <summary>Names the kind of error: <c>urn:neurolab:error:</c> and its code in lower case.</summary>
    public required string Type { get; init; }

    /// <summary>The kind of error in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What happened this time.</summary>
    public required string Detail { get; init; }

    /// <summary>The path that was asked for.</summary>
    public required string Instance { get; init; }

    /// <summary>The kind of error, for programs.</summary>
    public required string ErrorCode { get; init; }

    /// <summary>Finds this error in the log.</summary>
    public required string ErrorId { get; init; }

    /// <summary>Seconds after which asking again makes sense.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? RetryAfter { get; init; }

    /// <summary>Field to what is wrong with it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors { get; init; }

    /// <summary>The error that a failure is told as.</summary>
    /// <param name="failure">What happened.</param>
    /// <param name="instance">The path that was asked for.</param>
    /// <param name="errorId">Finds it in the log.</param>
    public static ApiProblem Of(Failure failure, string instance, string errorId) => new()
    {
        Type = TypeOf(failure.Code),
        Title = failure.Title,
        Status = failure.Status,
        Detail = failure.Detail,
        Instance = instance,
        ErrorCode = failure.Code,
        ErrorId = errorId,
        RetryAfter = failure.RetryAfter,
        Errors = failure.Errors,
    };

    /// <summary>The type of a problem.</summary>
#pragma warning disable CA1308 // URNs are written in lower case.
    private static string TypeOf(string code) => $"urn:neurolab:error:{code.ToLowerInvariant()}";
#pragma warning restore CA1308
}

/// <summary>The kinds of error.</summary>
internal static class ErrorCodes
{
    public const string Validation = "VALIDATION_ERROR";
    public const string AuthenticationFailed = "AUTH_FAILED";
    public const string AccessDenied = "ACCESS_DENIED";
    public const string NotFound = "NOT_FOUND";
    public const string Conflict = "CONFLICT";
    public const string RateLimited = "RATE_LIMIT_EXCEEDED";
    public const string Database = "DATABASE_ERROR";
    public const string CircuitOpen = "CIRCUIT_BREAKER_OPEN";
    public const string Internal = "INTERNAL_ERROR";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Validation, AuthenticationFailed, AccessDenied, NotFound, Conflict, RateLimited, Database, CircuitOpen, Internal];
}
