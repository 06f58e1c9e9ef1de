using FluentValidation;
using NeuroLab.Application.Common;

namespace NeuroLab.Application.Accounts;

internal sealed class ChangePasswordValidator : AbstractValidator<ChangePassword>
{
    public ChangePasswordValidator()
    {
        RuleFor(command => command.CurrentPassword).PresentPassword().OverridePropertyName("current_password");
        RuleFor(command => command.NewPassword).NewPassword().OverridePropertyName("new_password");
    }
}
