using FluentValidation;

namespace NeuroLab.Application.CacheAdministration;

internal sealed class ClearCacheValidator : AbstractValidator<ClearCache>
{
    public ClearCacheValidator() => RuleFor(command => command.Pattern).Pattern().OverridePropertyName("pattern");
}
