using NeuroLab.Application.Abstractions.Auditing;
using NeuroLab.WebApi.Http;

namespace NeuroLab.WebApi.Security;

/// <summary>
/// Tells the log of everything that is done or tried in the administration, under a category of its own and an event id for each kind. What was changed, and
/// on what, is in the audit log of the database: patterns over keys stand in no log. Thread-safe.
/// </summary>
internal sealed partial class AuditEvents(ILoggerFactory loggers)
{
    /// <summary>The category.</summary>
    public const string Category = "NeuroLab.Audit";

    private readonly ILogger _logger = loggers.CreateLogger(Category);

    /// <summary>Tells of something that was allowed.</summary>
    public void Write(AuditAction action, AuditOrigin by, AuditOutcome outcome)
    {
        Action<string, string?, AuditOutcome> log = action switch
        {
            AuditAction.CacheClear => LogCacheClear,
            AuditAction.AdminGrant => LogAdminGrant,
            AuditAction.KeyRotation => LogKeyRotation,
            AuditAction.StatisticsRead => LogStatisticsRead,
            AuditAction.EntriesRead => LogEntriesRead,
            AuditAction.CacheWarm => LogCacheWarm,
            AuditAction.CacheWatch => LogCacheWatch,
            _ => LogAuditRead,
        };
        log(by.Actor, by.Address, outcome);
    }

    /// <summary>Tells of a request for the administration that was refused.</summary>
    public void WriteRefused(AuditOrigin by, int status) => LogRefused(by.Actor, by.Address, status);

    [LoggerMessage(EventId = 9001, Level = LogLevel.Information, Message = "Cache cleared by {Actor} from {Address}: {Outcome}.")]
    private partial void LogCacheClear(string actor, string? address, AuditOutcome outcome);

    [LoggerMessage(EventId = 9002, Level = LogLevel.Information, Message = "Role admin granted by {Actor} from {Address}: {Outcome}.")]
    private partial void LogAdminGrant(string actor, string? address, AuditOutcome outcome);

    [LoggerMessage(EventId = 9003, Level = LogLevel.Information, Message = "Signing key changed by {Actor} from {Address}: {Outcome}.")]
    private partial void LogKeyRotation(string actor, string? address, AuditOutcome outcome);

    [LoggerMessage(EventId = 9004, Level = LogLevel.Information, Message = "Cache statistics read by {Actor} from {Address}: {Outcome}.")]
    private partial void LogStatisticsRead(string actor, string? address, AuditOutcome outcome);

    [LoggerMessage(EventId = 9005, Level = LogLevel.Information, Message = "Cache entries read by {Actor} from {Address}: {Outcome}.")]
    private partial void LogEntriesRead(string actor, string? address, AuditOutcome outcome);

    [LoggerMessage(EventId = 9006, Level = LogLevel.Information, Message = "Audit log read by {Actor} from {Address}: {Outcome}.")]
    private partial void LogAuditRead(string actor, string? address, AuditOutcome outcome);

    [LoggerMessage(EventId = 9008, Level = LogLevel.Information, Message = "Cache warmed by {Actor} from {Address}: {Outcome}.")]
    private partial void LogCacheWarm(string actor, string? address, AuditOutcome outcome);

    [LoggerMessage(EventId = 9009, Level = LogLevel.Information, Message = "Cache watched by {Actor} from {Address}: {Outcome}.")]
    private partial void LogCacheWatch(string actor, string? address, AuditOutcome outcome);

    [LoggerMessage(EventId = 9010, Level = LogLevel.Warning, Message = "Administration refused to {Actor} from {Address}: {Status}.")]
    private partial void LogRefused(string actor, string? address, int status);
}

/// <summary>Audits endpoints of the administration.</summary>
internal static class Auditing
{
    private const string Nobody = "anonymous";

    /// <summary>Tells of every answer and every failure of an endpoint.</summary>
    public static RouteHandlerBuilder Audited(this RouteHandlerBuilder endpoint, AuditAction action) => endpoint.AddEndpointFilter(async (context, next) =>
    {
        var http = context.HttpContext;
        var outcome = AuditOutcome.Failed;
        try
        {
            var answer = await next(context);
            outcome = AuditOutcome.Done;
            return answer;
        }
        finally
        {
            http.RequestServices.GetRequiredService<AuditEvents>().Write(action, http.AuditOrigin(), outcome);
        }
    });

    /// <summary>Who sends a request, as the audit names it.</summary>
    public static AuditOrigin AuditOrigin(this HttpContext http)
    {
        var actor = http.User.Identities.Any(identity => identity.AuthenticationType == AdminApiKeyHandler.SchemeName) ? Application.Abstractions.Auditing.AuditOrigin.ApiKey
            : SignedInUser.TryGetId(http.User, out var id) ? id.ToString("D")
            : Nobody;
        return new AuditOrigin(actor, ClientAddresses.Plain(http.Connection.RemoteIpAddress), http.TraceIdentifier);
    }
}
