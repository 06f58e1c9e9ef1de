using System.ComponentModel.DataAnnotations;

namespace NeuroLab.Infrastructure.Configuration;

/// <summary>Which table of docs/operations.md a setting stands in.</summary>
public enum SettingGroup
{
    /// <summary>The service as a whole.</summary>
    Service,

    /// <summary>Traces and metrics.</summary>
    Telemetry,

    /// <summary>The shared tier.</summary>
    Redis,

    /// <summary>The engine.</summary>
    Cache,

    /// <summary>The database.</summary>
    Database,
}

/// <summary>
/// A setting that is read by its own name: stands on a constant with its configuration key, whose summary says what it means. Settings that are bound together stand on
/// a class with <see cref="SettingSectionAttribute"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class SettingAttribute(SettingGroup group) : Attribute
{
    /// <summary>The table.</summary>
    public SettingGroup Group { get; } = group;

    /// <summary>What holds where it is not set; null: nothing. The constant that the reader of the setting takes.</summary>
    public object? Default { get; init; }

    /// <summary>What it may be, in words; null: anything.</summary>
    public string? Bounds { get; init; }

    /// <summary>Whether nobody is shown its value.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Whether it is a list: <c>NAME__0</c>, <c>NAME__1</c> and so on.</summary>
    public bool IsList { get; init; }
}

/// <summary>A class whose public properties are the settings of one section. Their summaries say what they mean, their <see cref="RangeAttribute"/> the bounds, a new instance the defaults.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SettingSectionAttribute(string section, SettingGroup group) : Attribute
{
    /// <summary>The section, such as <c>Cache:Redis</c>.</summary>
    public string Section { get; } = section;

    /// <summary>The table.</summary>
    public SettingGroup Group { get; } = group;
}

/// <summary>A name without a section by which a setting can be given as well, and which wins. A time is a number of seconds there.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAliasAttribute(string name) : Attribute
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;
}

/// <summary>The bounds of a time, both included.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TimeRangeAttribute : RangeAttribute
{
    /// <summary>Creates the bounds.</summary>
    /// <param name="least">The least, such as <c>00:00:01</c>.</param>
    /// <param name="most">The most.</param>
    public TimeRangeAttribute(string least, string most)
        : base(typeof(TimeSpan), least, most) => ParseLimitsInInvariantCulture = ConvertValueInInvariantCulture = true;
}
