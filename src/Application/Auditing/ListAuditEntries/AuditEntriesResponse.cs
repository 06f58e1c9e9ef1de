using NeuroLab.Application.Abstractions.Auditing;

namespace NeuroLab.Application.Auditing;

/// <summary>Entries of the audit log.</summary>
/// <param name="Entries">The entries, newest first.</param>
public sealed record AuditEntriesResponse(IReadOnlyList<AuditEntry> Entries);
