using MediatR;
using NeuroLab.Application.Abstractions.Auditing;
using NeuroLab.Application.Abstractions.Messaging;

namespace NeuroLab.Application.Auditing;

/// <summary>The newest entries of the audit log.</summary>
/// <param name="Limit">How many at most, 1 to 1000.</param>
public sealed record ListAuditEntries(int Limit) : IQuery<AuditEntriesResponse>;

internal sealed class ListAuditEntriesHandler(IAuditReader audit) : IRequestHandler<ListAuditEntries, AuditEntriesResponse>
{
    public async Task<AuditEntriesResponse> Handle(ListAuditEntries request, CancellationToken cancellationToken) =>
        new(await audit.ReadNewestAsync(request.Limit, cancellationToken).ConfigureAwait(false));
}
