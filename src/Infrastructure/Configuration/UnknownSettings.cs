using Microsoft.Extensions.Configuration;

namespace NeuroLab.Infrastructure.Configuration;

/// <summary>Finds names in a section that are no setting: a setting with a slip in its name would be believed and do nothing.</summary>
internal static class UnknownSettings
{
    /// <summary>A slip is at most so many characters changed, left out or added.</summary>
    private const int MostSlips = 3;

    /// <summary>Names in the section of a class that no setting of its assembly has. Sections below that belong to another class are left to it.</summary>
    public static IEnumerable<string> In(IConfiguration configuration, Type type) =>
        In(configuration, SettingProperty.SectionOf(type).Section, SettingCatalog.KeysOf(type.Assembly), [.. SettingCatalog.SectionsOf(type.Assembly)]);

    /// <summary>Names in a section that are none of these keys.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="section">The section, such as <c>Limits</c>.</param>
    /// <param name="keys">The settings that exist.</param>
    /// <param name="elsewhere">Sections that are looked at by themselves.</param>
    public static IEnumerable<string> In(IConfiguration configuration, string section, IReadOnlyList<string> keys, IReadOnlyList<string> elsewhere)
    {
        foreach (var child in configuration.GetSection(section).GetChildren())
        {
            var isSetting = keys.Contains(child.Path, StringComparer.OrdinalIgnoreCase);
            var isSection = keys.Any(key => key.StartsWith(child.Path + ":", StringComparison.OrdinalIgnoreCase));
            if (!isSetting && !isSection)
            {
                yield return NotASetting(child.Path, keys);
            }
            else if (!isSetting && !elsewhere.Contains(child.Path, StringComparer.OrdinalIgnoreCase))
            {
                foreach (var unknown in In(configuration, child.Path, keys, elsewhere))
                {
                    yield return unknown;
                }
            }
        }
    }

    private static string NotASetting(string path, IReadOnlyList<string> keys)
    {
        var nearest = keys.MinBy(key => Slips(path, key));
        return nearest is not null && Slips(path, nearest) <= MostSlips
            ? $"{SettingText.EnvironmentName(path)} is not a setting; {SettingText.EnvironmentName(nearest)} is."
            : $"{SettingText.EnvironmentName(path)} is not a setting; take it away. 'NeuroLab.WebApi settings' prints those that exist.";
    }

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
