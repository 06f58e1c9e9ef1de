using System.Security.Authentication;
using StackExchange.Redis;

namespace NeuroLab.Infrastructure.Caching.Redis;

/// <summary>Says for a log why the store could not be used: in words of our own, for the client's may quote a call, a key or an address.</summary>
internal static class RedisReasons
{
    /// <summary>Why, in a few words.</summary>
    public static string Of(Exception? exception)
    {
        var chain = Chain(exception).ToList();
        return chain.Select(Known).FirstOrDefault(reason => reason is not null)
            ?? chain.OfType<RedisConnectionException>().LastOrDefault()?.FailureType.ToString()
            ?? exception?.GetType().Name ?? "no reason given";
    }

    /// <summary>The word with which an error of the server begins; <c>ERR</c> where there is none.</summary>
    public static string CodeOf(RedisServerException exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        const string Lead = "Error: ";
        var text = exception.Message.StartsWith(Lead, StringComparison.Ordinal) ? exception.Message.AsSpan(Lead.Length) : exception.Message;
        var end = text.IndexOf(' ');
        var word = end < 0 ? text : text[..end];
        return word.Length is > 0 and <= 20 && !word.ContainsAnyExceptInRange('A', 'Z') ? word.ToString() : "ERR";
    }

    // The client wraps what the server or the platform said, more than once.
    private static IEnumerable<Exception> Chain(Exception? exception) => exception switch
    {
        null => [],
        AggregateException several => several.InnerExceptions.SelectMany(Chain),
        _ => Chain(exception.InnerException).Prepend(exception),
    };

    private static string? Known(Exception exception) => exception switch
    {
        RedisServerException error => OfCode(CodeOf(error)),
        AuthenticationException => "TLS: its certificate is not trusted, or is not of the name that was asked",
        RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure, InnerException: not AuthenticationException } =>
            "signing in: it refuses the user or the password, or asks for one and none is set",
        _ => null,
    };

    private static string OfCode(string code) => code == "NOPERM" ? "NOPERM: the user lacks a right that the cache needs" : code;
}
