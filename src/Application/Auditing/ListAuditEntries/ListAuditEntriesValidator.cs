using FluentValidation;
using NeuroLab.Application.Common;

namespace NeuroLab.Application.Auditing;

internal sealed class ListAuditEntriesValidator : AbstractValidator<ListAuditEntries>
{
    public ListAuditEntriesValidator() => RuleFor(query => query.Limit).FromTo(1, 1000).OverridePropertyName("limit");
}
