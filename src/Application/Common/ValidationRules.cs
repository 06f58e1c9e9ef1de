using FluentValidation;
using NeuroLab.Application.Accounts;
using NeuroLab.Domain.Common;

namespace NeuroLab.Application.Common;

/// <summary>Rules that several validators share. Each says what would be right.</summary>
internal static class ValidationRules
{
    private const int MaxLocalPartLength = 64;

    /// <summary>The value may be left out, or is one of a few words.</summary>
    public static IRuleBuilderOptions<T, string?> OneOfOrNull<T>(this IRuleBuilder<T, string?> rule, IReadOnlyList<string> names) =>
        rule.Must(value => value is null || names.Contains(value)).WithMessage($"Must be one of: {string.Join(", ", names)}.");

    /// <summary>The value is one of a few words.</summary>
    public static IRuleBuilderOptions<T, string> OneOf<T>(this IRuleBuilder<T, string> rule, IReadOnlyList<string> names) =>
        rule.Must(value => value is not null && names.Contains(value)).WithMessage($"Must be one of: {string.Join(", ", names)}.");

    /// <summary>The number lies between two bounds, both included.</summary>
    public static IRuleBuilderOptions<T, int> FromTo<T>(this IRuleBuilder<T, int> rule, int minimum, int maximum) =>
        rule.InclusiveBetween(minimum, maximum).WithMessage($"Must be a whole number from {minimum} to {maximum}.");

    /// <summary>The value is an e-mail address.</summary>
    public static IRuleBuilderOptions<T, string> Email<T>(this IRuleBuilder<T, string> rule) =>
        rule.Must(IsEmail).WithMessage($"Must be an e-mail address of at most {AccountLimits.MaxEmailLength} characters, such as name@example.org.");

    /// <summary>The value can be a password that somebody chose before.</summary>
    public static IRuleBuilderOptions<T, string> PresentPassword<T>(this IRuleBuilder<T, string> rule) =>
        rule.Must(value => value is { Length: > 0 and <= AccountLimits.MaxPasswordLength }).WithMessage($"Must have 1 to {AccountLimits.MaxPasswordLength} characters.");

    /// <summary>The value can be chosen as a password.</summary>
    public static IRuleBuilderOptions<T, string> NewPassword<T>(this IRuleBuilder<T, string> rule) =>
        rule.Must(value => value is { Length: >= AccountLimits.MinPasswordLength and <= AccountLimits.MaxPasswordLength })
            .WithMessage($"Must have {AccountLimits.MinPasswordLength} to {AccountLimits.MaxPasswordLength} characters.");

    private static bool IsEmail(string? value)
    {
        var text = value?.Trim();
        if (string.IsNullOrEmpty(text) || text.Length > AccountLimits.MaxEmailLength || !PlainText.IsPlain(text) || text.Any(char.IsWhiteSpace))
        {
            return false;
        }

        var at = text.IndexOf('@', StringComparison.Ordinal);
        var domain = text[(at + 1)..];
        return at is > 0 and <= MaxLocalPartLength
            && domain.Length > 0
            && !domain.Contains('@', StringComparison.Ordinal)
            && domain.Split('.').All(label => label.Length > 0 && label[0] != '-' && label[^1] != '-');
    }
}
