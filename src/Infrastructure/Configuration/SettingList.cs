using Microsoft.Extensions.Configuration;

namespace NeuroLab.Infrastructure.Configuration;

/// <summary>Reads settings that are lists: <c>NAME__0</c>, <c>NAME__1</c> and so on.</summary>
public static class SettingList
{
    /// <summary>The elements with their keys. An empty one counts as none.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="key">The key of the list, such as <c>Cors:Origins</c>.</param>
    /// <param name="failures">Takes a sentence where the list is written like a single value: nobody would read it, and nobody would notice.</param>
    public static IReadOnlyList<(string Key, string Value)> Read(IConfiguration configuration, string key, ICollection<string> failures)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(failures);
        if (!string.IsNullOrWhiteSpace(configuration[key]))
        {
            var name = SettingText.EnvironmentName(key);
            failures.Add($"{name} is a list: write {name}__0 for its first element, {name}__1 for the next.");
        }

        return [.. configuration.GetSection(key).GetChildren().Where(child => !string.IsNullOrWhiteSpace(child.Value)).Select(child => (child.Path, child.Value!))];
    }
}
