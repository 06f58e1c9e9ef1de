using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace NeuroLab.Infrastructure.Configuration;

/// <summary>
/// Reads the settings of a class with <see cref="SettingSectionAttribute"/>, and finds everything that is wrong with them at once: names that do not exist, values that cannot
/// be read or are out of bounds, and what the class says of its values together (<see cref="IValidatableObject"/>; a result names the members that it compares). An empty value
/// counts as none. Thread-safe.
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
        var failures = Failures(configuration, options);
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

    /// <summary>Everything that is wrong, a sentence each: names that do not exist, values that cannot be read, and values that were read.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="options">What was read from it.</param>
    internal static IReadOnlyList<string> Failures<T>(IConfiguration configuration, T options)
        where T : class, new()
    {
        var unread = SettingProperty.Of(typeof(T)).Select(property => (property.Property.Name, Failure: property.Bind(configuration, new T()))).Where(one => one.Failure is not null).ToList();
        var together = (options as IValidatableObject)?.Validate(new ValidationContext(options)) ?? [];
        return
        [
            .. UnknownSettings.In(configuration, typeof(T)),
            .. unread.Select(one => one.Failure!),
            .. SettingProperty.Of(typeof(T)).Select(property => property.Judge(options, configuration)).OfType<string>(),
            // What stands in the place of a value that cannot be read is nobody's wish: it contradicts nothing.
            .. together.Where(result => !result.MemberNames.Intersect(unread.Select(one => one.Name), StringComparer.Ordinal).Any()).Select(result => result.ErrorMessage!),
        ];
    }

    private sealed class Validation<T>(IConfiguration configuration) : IValidateOptions<T>
        where T : class, new()
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            var failures = Failures(configuration, options);
            return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
        }
    }
}
