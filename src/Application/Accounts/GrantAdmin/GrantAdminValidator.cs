using FluentValidation;
using NeuroLab.Application.Common;

namespace NeuroLab.Application.Accounts;

internal sealed class GrantAdminValidator : AbstractValidator<GrantAdmin>
{
    public GrantAdminValidator() => RuleFor(command => command.Email).Email().OverridePropertyName("email");
}
