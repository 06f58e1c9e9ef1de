using Microsoft.Extensions.Logging;

namespace NeuroLab.Infrastructure.Caching.Journal;

/// <summary>What the follower of the journal tells the operator.</summary>
internal static partial class JournalLog
{
    [LoggerMessage(EventId = 3001, Level = LogLevel.Warning, Message = "The journal could not be read ({Failure}): copies are served marked as unverified.")]
    public static partial void NotVerified(this ILogger<JournalFollower> logger, string failure);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Error, Message = "The journal is another one or went back: everything cached before is dropped.")]
    public static partial void Replaced(this ILogger<JournalFollower> logger);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Information, Message = "The journal is read again.")]
    public static partial void Verified(this ILogger<JournalFollower> logger);

    [LoggerMessage(EventId = 3006, Level = LogLevel.Warning, Message = "The database's server crashed, or another one has taken its place: what was cached before is a last resort from here on.")]
    public static partial void Crashed(this ILogger<JournalFollower> logger);
}
