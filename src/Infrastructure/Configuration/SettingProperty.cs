using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace NeuroLab.Infrastructure.Configuration;

/// <summary>One setting of a class with <see cref="SettingSectionAttribute"/>: where it stands in the configuration and in the options. Immutable.</summary>
internal sealed class SettingProperty
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<SettingProperty>> Known = new();

    private readonly PropertyInfo[] _path;

    private SettingProperty(PropertyInfo[] path, string section)
    {
        _path = path;
        Key = $"{section}:{string.Join(':', path.Select(property => property.Name))}";
        Alias = Property.GetCustomAttribute<SettingAliasAttribute>()?.Name;
        Range = Property.GetCustomAttribute<RangeAttribute>();
    }

    /// <summary>The property that holds it.</summary>
    public PropertyInfo Property => _path[^1];

    /// <summary>Its configuration key.</summary>
    public string Key { get; }

    /// <summary>The name without a section by which it can be given as well; null where there is none.</summary>
    public string? Alias { get; }

    /// <summary>Its bounds; null where there are none.</summary>
    public RangeAttribute? Range { get; }

    /// <summary>Whether the alias has seconds where the key has a time.</summary>
    public bool IsAliasInSeconds => Alias is not null && Property.PropertyType == typeof(TimeSpan);

    /// <summary>The settings of a class, in the order in which they are declared.</summary>
    public static IReadOnlyList<SettingProperty> Of(Type type) => Known.GetOrAdd(type, static one =>
    {
        var section = SectionOf(one).Section;
        return [.. Paths(one, []).Select(path => new SettingProperty(path, section))];
    });

    /// <summary>The section of a class.</summary>
    /// <exception cref="InvalidOperationException">It has none.</exception>
    public static SettingSectionAttribute SectionOf(Type type) =>
        type.GetCustomAttribute<SettingSectionAttribute>() ?? throw new InvalidOperationException($"{type.Name} carries no {nameof(SettingSectionAttribute)}.");

    /// <summary>Its value in an instance of the options.</summary>
    public object? Get(object options) => _path.Aggregate((object?)options, (holder, property) => property.GetValue(holder));

    /// <summary>Puts into the options what is configured, where that can be read; nothing, where nothing is.</summary>
    /// <returns>What is wrong, as a sentence; null where nothing is.</returns>
    public string? Bind(IConfiguration configuration, object options)
    {
        var byAlias = IsGivenByAlias(configuration);
        var text = configuration[byAlias ? Alias! : Key];
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (Read(text.Trim(), byAlias) is not { } value)
        {
            return Wrong($"is not {Kind(byAlias)}", byAlias);
        }

        Property.SetValue(_path[..^1].Aggregate(options, (holder, property) => property.GetValue(holder)!), value);
        return null;
    }

    /// <summary>What is wrong with its value in an instance of the options; null where nothing is.</summary>
    /// <param name="options">The options.</param>
    /// <param name="configuration">Where they come from: a sentence speaks of the name that was used there.</param>
    public string? Judge(object options, IConfiguration configuration)
    {
        var value = Get(options);
        var byAlias = IsGivenByAlias(configuration);
        return Range?.IsValid(value) == false ? Wrong($"is {Written(value, byAlias)}", byAlias) : null;
    }

    private bool IsGivenByAlias(IConfiguration configuration) => Alias is not null && !string.IsNullOrWhiteSpace(configuration[Alias]);

    private string Wrong(string problem, bool byAlias)
    {
        var expected = $"{Kind(byAlias)} {SettingText.Bounds(Range, limit => Written(limit, byAlias))}".TrimEnd();
        return SettingText.Wrong(byAlias ? Alias! : Key, problem, expected, Written(Get(Activator.CreateInstance(_path[0].DeclaringType!)!) ?? 1, byAlias));
    }

    private string Kind(bool byAlias) => byAlias && IsAliasInSeconds ? "a number of seconds" : SettingText.KindOf(Property.PropertyType);

    private static string Written(object? value, bool byAlias) => SettingText.Of(byAlias && value is TimeSpan time ? time.TotalSeconds : value);

    private object? Read(string text, bool byAlias)
    {
        var type = Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;
        if (type == typeof(TimeSpan))
        {
            return byAlias ? Seconds(text) : Time(text);
        }

        return type == typeof(int) ? int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null
            : type == typeof(long) ? long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var large) ? large : null
            : type == typeof(double) ? double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) ? real : null
            : type == typeof(string) ? text
            : throw new InvalidOperationException($"{Key} is of a type that no setting has.");
    }

    /// <summary>A time with hours, minutes and seconds; null where it is none. A bare number would be taken for days, and two numbers for hours and minutes.</summary>
    private static TimeSpan? Time(string text) =>
        text.Count(c => c == ':') == 2 && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var time) ? time : null;

    /// <summary>A time in seconds; null where it is none, or one of more than a lifetime.</summary>
    private static TimeSpan? Seconds(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
        && Math.Abs(seconds) <= int.MaxValue
            ? TimeSpan.FromSeconds(seconds)
            : null;

    private static IEnumerable<PropertyInfo[]> Paths(Type type, PropertyInfo[] above) => type.GetProperties()
        .Where(property => property.SetMethod is { IsPublic: true })
        .OrderBy(property => property.MetadataToken)
        .SelectMany(property => property.PropertyType.Assembly == type.Assembly ? Paths(property.PropertyType, [.. above, property]) : [[.. above, property]]);
}
