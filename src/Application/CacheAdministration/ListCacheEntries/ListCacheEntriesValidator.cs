using FluentValidation;
using NeuroLab.Application.Common;

namespace NeuroLab.Application.CacheAdministration;

internal sealed class ListCacheEntriesValidator : AbstractValidator<ListCacheEntries>
{
    public ListCacheEntriesValidator()
    {
        RuleFor(query => query.Pattern).PatternOrNull().OverridePropertyName("pattern");
        RuleFor(query => query.Limit).FromTo(1, 1000).OverridePropertyName("limit");
    }
}
