using System.Text.RegularExpressions;
using NeuroLab.Infrastructure.Configuration;

namespace NeuroLab.IntegrationTests.Settings;

/// <summary>Finds names of settings in documents and files of configuration.</summary>
internal static partial class SettingNames
{
    /// <summary>Sections of the framework, whose settings are its own.</summary>
    private static readonly string[] Frameworks = ["Logging__", "Kestrel__"];

    /// <summary>What looks like the name of a setting: with a section, or one of the plain names' beginnings. A name in <c>${...}</c> is a variable of compose, or of a shell.</summary>
    public static IEnumerable<string> In(string text) => Name().Matches(Variable().Replace(text, "")).Select(match => match.Value).Where(name => !Frameworks.Any(one => name.StartsWith(one, StringComparison.Ordinal))).Distinct();

    /// <summary>Whether a setting, or the element of a list, has the name.</summary>
    public static bool Exists(string name, IReadOnlyList<Setting> settings) => settings.Any(setting =>
        name == SettingText.EnvironmentName(setting.Key) || name == setting.Alias || (setting.IsList && Element().Replace(name, "__0") == setting.Name));

    [GeneratedRegex(@"\b(?:[A-Z][A-Za-z]*(?:__[A-Z0-9][A-Za-z]*)+|(?:CACHE|REDIS|RATE_LIMIT_PER)_[A-Z_]*[A-Z]|DATA_DIR)\b")]
    private static partial Regex Name();

    [GeneratedRegex(@"\$\{[^}]*\}")]
    private static partial Regex Variable();

    [GeneratedRegex(@"__[0-9]+$")]
    private static partial Regex Element();
}
