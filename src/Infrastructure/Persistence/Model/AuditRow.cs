using NeuroLab.Application.Abstractions.Auditing;

namespace NeuroLab.Infrastructure.Persistence.Model;

/// <summary>One entry of the audit log, as it is stored.</summary>
internal sealed class AuditRow
{
    private AuditRow() => Actor = "";

    /// <summary>Creates an entry that is not stored yet.</summary>
    public AuditRow(AuditAction action, AuditOrigin by, string target, DateTime createdAt)
    {
        (Action, Actor, Address, CorrelationId) = (action, by.Actor, by.Address, by.CorrelationId);
        (Target, Outcome, CreatedAt) = (target, AuditOutcome.Done, createdAt);
    }

    /// <summary>Its number, given by the database.</summary>
    public long Id { get; private set; }

    /// <summary>When, UTC.</summary>
    public DateTime CreatedAt { get; private set; }

    /// <summary>What was done.</summary>
    public AuditAction Action { get; private set; }

    /// <summary>Who did it.</summary>
    public string Actor { get; private set; }

    /// <summary>From where.</summary>
    public string? Address { get; private set; }

    /// <summary>On what.</summary>
    public string? Target { get; private set; }

    /// <summary>How it ended.</summary>
    public AuditOutcome Outcome { get; private set; }

    /// <summary>The id of the request.</summary>
    public string? CorrelationId { get; private set; }
}
