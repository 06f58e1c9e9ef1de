using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Application.Common;

/// <summary>A failure that a client is told of by name. The message is safe to show.</summary>
public abstract class AppException : Exception
{
    private protected AppException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}

/// <summary>The request breaks a rule of its fields.</summary>
public sealed class RequestValidationException : AppException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="errors">Field, in the client's words, to what is wrong with it; not empty.</param>
    public RequestValidationException(IReadOnlyDictionary<string, IReadOnlyList<string>> errors) : base("The request is not valid.") => Errors = errors;

    /// <summary>Creates the exception for one field.</summary>
    public RequestValidationException(string field, string message)
        : this(new Dictionary<string, IReadOnlyList<string>> { [field] = [message] })
    {
    }

    /// <summary>Field to what is wrong with it.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Errors { get; }
}

/// <summary>There is no such thing, or it is not the caller's.</summary>
public sealed class NotFoundException(string message) : AppException(message);

/// <summary>The request contradicts what is there.</summary>
public sealed class ConflictException(string message) : AppException(message);

/// <summary>The caller is not, or not rightly, signed in.</summary>
public sealed class AuthenticationFailedException(string message) : AppException(message);

/// <summary>The caller may not do this.</summary>
public sealed class AccessDeniedException(string message) : AppException(message);

/// <summary>The caller has to wait.</summary>
public sealed class RateLimitedException(string message, TimeSpan retryAfter) : AppException(message)
{
    /// <summary>How long.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}

/// <summary>The service has more to do than it can; nothing is wrong with the request.</summary>
public sealed class OverloadedException(string message, TimeSpan retryAfter) : AppException(message)
{
    /// <summary>After what time asking again makes sense.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}

/// <summary>
/// The origin failed for a while: a timeout, a lost connection, an open breaker. The only failure in whose place a stale copy may be served.
/// </summary>
public sealed class OriginUnavailableException : AppException
{
    /// <summary>Creates the exception.</summary>
    public OriginUnavailableException(StaleReason reason, TimeSpan? retryAfter = null, Exception? inner = null)
        : base("The database cannot be reached at the moment.", inner)
    {
        Reason = reason;
        RetryAfter = retryAfter ?? TimeSpan.FromSeconds(1);
    }

    /// <summary>What happened, in the words of a stale answer.</summary>
    public StaleReason Reason { get; }

    /// <summary>After what time asking again makes sense.</summary>
    public TimeSpan RetryAfter { get; }
}
