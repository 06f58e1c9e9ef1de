using Microsoft.Extensions.Configuration;

namespace NeuroLab.Infrastructure.Configuration;

/// <summary>Finds names in a section that are no setting: a setting with a slip in its name would be believed and do nothing.</summary>
internal static class UnknownSettings
{
    /// <summary>A slip is at most so many characters changed, left out or added.</summary>
    private const int MostSlips = 3;

    /// <summary>Names in the section of a class that no setting of its assembly has. Sections below that belong to another class are left to it.</summary>
    public static IEnumerable<string> In(IConfiguration configuration, Type type) =>
        In(configuration, SettingProperty.SectionOf(type).Section, SettingCatalog.KeysOf(type.Assembly), [.. SettingCatalog.SectionsOf(type.Assembly)], areOthersHere: false);

    /// <summary>Names in a section that are none of these keys.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="section">The section, such as <c>Limits</c>.</param>
    /// <param name="keys">The settings that exist.</param>
    /// <param name="elsewhere">Sections that are looked at by themselves.</param>
    /// <param name="areOthersHere">Whether somebody else may have settings in the section: then only a slip in the name of one of these is told.</param>
    public static IEnumerable<string> In(IConfiguration configuration, string section, IReadOnlyList<string> keys, IReadOnlyList<string> elsewhere, bool areOthersHere)
    {
        foreach (var child in configuration.GetSection(section).GetChildren())
        {
            var isSetting = keys.Contains(child.Path, StringComparer.OrdinalIgnoreCase);
            var isSection = keys.Any(key => key.StartsWith(child.Path + ":", StringComparison.OrdinalIgnoreCase));
            if (!isSetting && !isSection)
            {
                if (Meant(child.Path, keys) is { } meant)
                {
                    yield return $"{SettingText.EnvironmentName(child.Path)} is not a setting; {SettingText.EnvironmentName(meant)} is.";
                }
                else if (!areOthersHere)
                {
                    yield return $"{SettingText.EnvironmentName(child.Path)} is not a setting; take it away. 'NeuroLab.WebApi settings' prints those that exist.";
                }
            }
            else if (!isSetting && !string.IsNullOrWhiteSpace(child.Value))
            {
                yield return $"{SettingText.EnvironmentName(child.Path)} is a section and no setting; its settings are named {SettingText.EnvironmentName(child.Path)}__NAME.";
            }
            else if (!isSetting && !elsewhere.Contains(child.Path, StringComparer.OrdinalIgnoreCase))
            {
                foreach (var unknown in In(configuration, child.Path, keys, elsewhere, areOthersHere))
                {
                    yield return unknown;
                }
            }
        }
    }

    /// <summary>The setting that is written so with a slip; null where there is none.</summary>
    private static string? Meant(string path, IReadOnlyList<string> keys) =>
        keys.MinBy(key => Slips(path, key)) is { } nearest && Slips(path, nearest) <= MostSlips ? nearest : null;

    /// <summary>How many characters have to be changed, left out or added to make one text the other (Levenshtein), whatever their case.</summary>
    private static int Slips(string one, string other)
    {
        var (a, b) = (one.ToUpperInvariant(), other.ToUpperInvariant());
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
            }
        }

        return row[b.Length];
    }
}
