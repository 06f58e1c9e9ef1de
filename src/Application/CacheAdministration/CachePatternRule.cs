using FluentValidation;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Domain.Common;

namespace NeuroLab.Application.CacheAdministration;

/// <summary>The rule of a glob over keys that was sent by a client.</summary>
internal static class CachePatternRule
{
    private static readonly string Requirement = $"Must be a pattern over keys of 1 to {CachePattern.MaxLength} characters, none of them control characters, such as dashboard:*.";

    /// <summary>The value is a pattern.</summary>
    public static IRuleBuilderOptions<T, string> Pattern<T>(this IRuleBuilder<T, string> rule) => rule.Must(IsPattern).WithMessage(Requirement);

    /// <summary>The value may be left out, or is a pattern.</summary>
    public static IRuleBuilderOptions<T, string?> PatternOrNull<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(value => value is null || IsPattern(value)).WithMessage(Requirement);

    private static bool IsPattern(string? value) => value is { Length: > 0 and <= CachePattern.MaxLength } && PlainText.IsPlain(value);
}
