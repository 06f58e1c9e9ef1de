using FluentValidation;

namespace NeuroLab.Application.Accounts;

internal sealed class RefreshSessionValidator : AbstractValidator<RefreshSession>
{
    private const int MaxTokenLength = 512;

    public RefreshSessionValidator()
    {
        RuleFor(command => command.RefreshToken)
            .Must(token => token is { Length: > 0 and <= MaxTokenLength })
            .WithMessage("Must be the refresh token that a sign-in or a refresh answered with.")
            .OverridePropertyName("refresh_token");
    }
}
