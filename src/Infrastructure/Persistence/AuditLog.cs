using Microsoft.EntityFrameworkCore;
using NeuroLab.Application.Abstractions.Auditing;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Persistence.Model;

namespace NeuroLab.Infrastructure.Persistence;

/// <inheritdoc />
internal sealed class AuditLog(WorkContext work, TimeProvider clock) : IAuditLog
{
    public void Add(AuditAction action, AuditOrigin by, string target) => work.Context.Add(new AuditRow(action, by, target, clock.UtcNow()));
}

/// <inheritdoc />
internal sealed class AuditReader(Database database) : IAuditReader
{
    public Task<IReadOnlyList<AuditEntry>> ReadNewestAsync(int limit, CancellationToken cancellationToken) => database.ReadAsync<IReadOnlyList<AuditEntry>>(
        async (context, token) => await context.Audit.OrderByDescending(r => r.Id).Take(limit)
            .Select(r => new AuditEntry(r.Id, r.CreatedAt, r.Action, r.Actor, r.Address, r.Target, r.Outcome, r.CorrelationId))
            .ToListAsync(token),
        cancellationToken);
}
