using FluentValidation;
using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Application.CacheAdministration;

internal sealed class ExplainCacheEntryValidator : AbstractValidator<ExplainCacheEntry>
{
    private static readonly string Requirement = $"Must be a key of 1 to {CacheKey.MaxLength} characters, none of them control characters, as the list of entries shows it.";

    public ExplainCacheEntryValidator() =>
        RuleFor(query => query.Key).Must(key => CacheKey.TryOf(key, out _)).WithMessage(Requirement).OverridePropertyName("key");
}
