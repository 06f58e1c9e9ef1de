using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace NeuroLab.Infrastructure.Configuration;

/// <summary>
/// Reads the settings of a class with <see cref="SettingSectionAttribute"/>, and finds everything that is wrong with them at once: names that do not exist, values that cannot
/// be read or are out of bounds, and what the class says of its values together (<see cref="IValidatableObject"/>). An empty value counts as none. Thread-safe.
/// </summary>
public static class SettingReader
{
    /// <summary>Reads them.</summary>
    /// <exception cref="OptionsValidationException">One or more are wrong; each failure is a sentence that names its setting and what would be right.</exception>
    public static T Read<T>(IConfiguration configuration)
        where T : class, new()
    {
        var options = new T();
        Bind(configuration, options);
        List<string> failures = [.. FailuresIn<T>(configuration), .. FailuresOf(options)];
        return failures.Count == 0 ? options : throw new OptionsValidationException(typeof(T).Name, typeof(T), failures);
    }

    /// <summary>Registers them as options, validated at the start.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">Read when the options are first asked for, not now.</param>
    /// <param name="more">Fills in what is no setting by itself; null: nothing.</param>
    public static IServiceCollection AddSettings<T>(this IServiceCollection services, IConfiguration configuration, Action<T>? more = null)
        where T : class, new()
    {
        services.AddOptions<T>()
            .Configure(options =>
            {
                Bind(configuration, options);
                more?.Invoke(options);
            })
            .ValidateOnStart();
        return services.AddSingleton<IValidateOptions<T>>(new Validation<T>(configuration));
    }

    /// <summary>Puts into the options what is configured; what cannot be read is left as it is.</summary>
    internal static void Bind<T>(IConfiguration configuration, T options)
        where T : class
    {
        foreach (var property in SettingProperty.Of(typeof(T)))
        {
            property.Bind(configuration, options);
        }
    }

    /// <summary>What is wrong in the configuration itself: names that do not exist and values that cannot be read.</summary>
    internal static IEnumerable<string> FailuresIn<T>(IConfiguration configuration)
        where T : class, new() =>
        [.. UnknownSettings.In(configuration, typeof(T)), .. SettingProperty.Of(typeof(T)).Select(property => property.Bind(configuration, new T())).OfType<string>()];

    /// <summary>What is wrong with values that were read.</summary>
    internal static IEnumerable<string> FailuresOf<T>(T options)
        where T : class =>
        [
            .. SettingProperty.Of(typeof(T)).Select(property => property.Judge(options)).OfType<string>(),
            .. (options as IValidatableObject)?.Validate(new ValidationContext(options)).Select(result => result.ErrorMessage!) ?? [],
        ];

    private sealed class Validation<T>(IConfiguration configuration) : IValidateOptions<T>
        where T : class, new()
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            List<string> failures = [.. FailuresIn<T>(configuration), .. FailuresOf(options)];
            return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
        }
    }
}
