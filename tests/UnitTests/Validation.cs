using FluentValidation;

namespace NeuroLab.UnitTests;

internal static class Validation
{
    /// <summary>The fields that a validator names, each with its messages.</summary>
    public static IReadOnlyDictionary<string, string[]> Errors<T>(this IValidator<T> validator, T request) =>
        validator.Validate(request).Errors.GroupBy(failure => failure.PropertyName).ToDictionary(group => group.Key, group => group.Select(failure => failure.ErrorMessage).ToArray());
}
