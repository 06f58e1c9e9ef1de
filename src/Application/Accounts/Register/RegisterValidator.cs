using FluentValidation;
using NeuroLab.Application.Common;
using NeuroLab.Domain.Common;

namespace NeuroLab.Application.Accounts;

internal sealed class RegisterValidator : AbstractValidator<Register>
{
    public RegisterValidator()
    {
        RuleFor(command => command.Email).Email().OverridePropertyName("email");
        RuleFor(command => command.Username)
            .Must(name => name?.Trim() is { Length: > 0 and <= AccountLimits.MaxUsernameLength } trimmed && PlainText.IsPlain(trimmed))
            .WithMessage($"Must have 1 to {AccountLimits.MaxUsernameLength} characters after trimming, and no control characters.")
            .OverridePropertyName("username");
        RuleFor(command => command.Password).NewPassword().OverridePropertyName("password");
    }
}
