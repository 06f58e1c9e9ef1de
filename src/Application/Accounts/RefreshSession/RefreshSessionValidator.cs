using FluentValidation;

namespace NeuroLab.Application.Accounts;

internal sealed class RefreshSessionValidator : AbstractValidator<RefreshSession>
{
    public RefreshSessionValidator()
    {
        RuleFor(command => command.RefreshToken)
            .Must(token => token is { Length: > 0 and <= AccountLimits.MaxRefreshTokenLength })
            .WithMessage("Must be the refresh token that a sign-in or a refresh answered with.")
            .OverridePropertyName("refresh_token");
    }
}
