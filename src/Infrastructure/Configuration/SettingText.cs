using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace NeuroLab.Infrastructure.Configuration;

/// <summary>How settings, their values and what is wrong with them are written for people.</summary>
public static class SettingText
{
    /// <summary>The name as an environment variable: <c>Cache__JournalPoll</c>.</summary>
    public static string EnvironmentName(string key) => key.Replace(":", "__", StringComparison.Ordinal);

    /// <summary>A value as it is written in a setting; empty for none.</summary>
    public static string Of(object? value) => value switch
    {
        null => "",
        TimeSpan time when time.Ticks % TimeSpan.TicksPerSecond != 0 => time.ToString("c", CultureInfo.InvariantCulture).TrimEnd('0'),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>Bounds in words: <c>from 1 to 10</c>, <c>above 0 and at most 1</c>, <c>100 or more</c>; empty where there are none.</summary>
    /// <param name="range">The bounds.</param>
    /// <param name="write">Writes a limit; null: as it is written in a setting.</param>
    public static string Bounds(RangeAttribute? range, Func<object?, string>? write = null)
    {
        if (range is null)
        {
            return "";
        }

        // Reads the limits that were given as text.
        _ = range.IsValid(null);
        write ??= Of;
        var (least, most) = (write(range.Minimum), write(range.Maximum));
        var hasMost = range.Maximum is not (int.MaxValue or long.MaxValue);
        return (range.MinimumIsExclusive, range.MaximumIsExclusive, hasMost) switch
        {
            (false, false, true) => $"from {least} to {most}",
            (false, true, true) => $"{least} or more and below {most}",
            (true, false, true) => $"above {least} and at most {most}",
            (true, true, true) => $"above {least} and below {most}",
            (true, _, false) => $"above {least}",
            _ => $"{least} or more",
        };
    }

    /// <summary>What a type of value is called.</summary>
    public static string KindOf(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var kind when kind == typeof(TimeSpan) => "a time (hh:mm:ss)",
        var kind when kind == typeof(double) => "a number",
        var kind when kind == typeof(int) || kind == typeof(long) => "a whole number",
        _ => "a text",
    };

    /// <summary>A sentence on a wrong setting: its name as an environment variable, what is wrong, what would be right.</summary>
    /// <param name="key">Its key, or name.</param>
    /// <param name="problem">What is wrong: <c>is no whole number</c>. Without the value, unless that is known to be a number or a time.</param>
    /// <param name="expected">What would be right: <c>a whole number from 1 to 10</c>.</param>
    /// <param name="example">A value that would do; empty for none.</param>
    public static string Wrong(string key, string problem, string expected, string example) =>
        $"{EnvironmentName(key)} {problem}; it must be {expected}{(example.Length == 0 ? "" : $", such as {example}")}.";
}
