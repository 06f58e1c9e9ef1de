using FluentValidation;
using NeuroLab.Application.Accounts;

namespace NeuroLab.Application.CacheAdministration;

internal sealed class WarmCacheValidator : AbstractValidator<WarmCache>
{
    public WarmCacheValidator() => RuleFor(command => command.User)
        .Must(user => user?.Trim() is { Length: > 0 and <= AccountLimits.MaxEmailLength })
        .WithMessage("Must be the e-mail address or the id of an account.")
        .OverridePropertyName("user");
}
