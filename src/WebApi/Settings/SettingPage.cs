using System.Text;
using System.Text.RegularExpressions;
using NeuroLab.Infrastructure.Configuration;

namespace NeuroLab.WebApi.Settings;

/// <summary>The tables of docs/operations.md, which stand between marks in the page.</summary>
internal static partial class SettingPage
{
    /// <summary>The page with its tables as the settings are; everything else stays.</summary>
    /// <exception cref="InvalidOperationException">A group of settings has no place in the page, or more than one.</exception>
    public static string Update(string page, IReadOnlyList<Setting> settings)
    {
        foreach (var group in Enum.GetValues<SettingGroup>())
        {
            var places = Place().Matches(page).Where(place => place.Groups["group"].Value == group.ToString()).ToList();
            if (places.Count != 1)
            {
                throw new InvalidOperationException($"The page has {places.Count} places for the settings of the group {group}, marked by <!-- settings: {group} --> and <!-- end of settings -->; it needs one.");
            }

            var content = places[0].Groups["table"];
            page = string.Concat(page.AsSpan(0, content.Index), Table(settings.Where(setting => setting.Group == group)), page.AsSpan(content.Index + content.Length));
        }

        return page;
    }

    private static string Table(IEnumerable<Setting> settings)
    {
        var text = new StringBuilder("| name | meaning | bounds | default |\n|---|---|---|---|\n");
        foreach (var setting in settings)
        {
            text.Append("| ").Append(Name(setting)).Append(" | ").Append(setting.Meaning).Append(" | ").Append(setting.Bounds).Append(" | ").Append(Default(setting)).Append(" |\n");
        }

        return text.ToString();
    }

    private static string Name(Setting setting) =>
        setting.IsList ? $"`{setting.Name}`, `__1`, ..."
        : setting.Alias is { } alias ? $"`{alias}`{(setting.IsAliasInSeconds ? " (seconds)" : "")}, or `{setting.Name}`"
        : $"`{setting.Name}`";

    private static string Default(Setting setting) => setting.Default.Length == 0 ? "none" : $"`{setting.Default}`";

    [GeneratedRegex(@"<!-- settings: (?<group>\w+) -->\n(?<table>[^<]*)<!-- end of settings -->")]
    private static partial Regex Place();
}
