using FluentValidation;
using NeuroLab.Application.Common;

namespace NeuroLab.Application.Accounts;

internal sealed class SignInValidator : AbstractValidator<SignIn>
{
    public SignInValidator()
    {
        RuleFor(command => command.Email).Email().OverridePropertyName("email");
        RuleFor(command => command.Password).PresentPassword().OverridePropertyName("password");
    }
}
