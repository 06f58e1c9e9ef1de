using FluentValidation;
using NeuroLab.Application.Common;

namespace NeuroLab.Application.ModuleName;

internal sealed class QueryNameValidator : AbstractValidator<QueryName>
{
    public QueryNameValidator() => RuleFor(query => query.Days).FromTo(1, 365).OverridePropertyName("days");
}
