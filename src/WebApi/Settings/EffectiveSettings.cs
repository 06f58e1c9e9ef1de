using Microsoft.Extensions.Configuration.EnvironmentVariables;
using NeuroLab.Infrastructure.Configuration;

namespace NeuroLab.WebApi.Settings;

/// <summary>A setting as it is in force.</summary>
/// <param name="Name">Its environment variable; of a list the first.</param>
/// <param name="Value">Its value; of a secret, and of what may hold one, <c>set</c>; null where there is none.</param>
/// <param name="Source">Where the value comes from: <c>environment</c>, a file, or <c>default</c>.</param>
internal sealed record EffectiveSetting(string Name, string? Value, string Source);

/// <summary>Finds out what is in force, and why.</summary>
internal static class EffectiveSettings
{
    private const string Default = "default";

    /// <summary>The settings as a configuration has them.</summary>
    public static IReadOnlyList<EffectiveSetting> Of(IConfigurationRoot configuration, IEnumerable<Setting> settings) => [.. settings.Select(setting => Of(configuration, setting))];

    private static EffectiveSetting Of(IConfigurationRoot configuration, Setting setting)
    {
        var (name, path) = setting.Alias is { } alias && !string.IsNullOrWhiteSpace(configuration[alias]) ? (alias, alias) : (setting.Name, setting.Path);
        var values = setting.IsList
            ? [.. configuration.GetSection(path).GetChildren().Where(child => !string.IsNullOrWhiteSpace(child.Value))]
            : new[] { configuration.GetSection(path) }.Where(one => !string.IsNullOrWhiteSpace(one.Value)).ToArray();
        if (values.Length == 0)
        {
            // Where it listens may be said by settings of the framework, and then the default does not hold.
            var holds = setting.Default.Length > 0 && (setting.Key != ListenAddress.Name || ListenAddress.IsLeftOpen(configuration));
            return new EffectiveSetting(name, setting.IsSecret ? "not set" : holds ? setting.Default : null, Default);
        }

        // A password may stand where none belongs: before the @ of an address, in its query, or as name=value.
        var value = string.Join(", ", values.Select(one => one.Value));
        return new EffectiveSetting(name, setting.IsSecret || value.AsSpan().ContainsAny('@', '?', '=') ? "set" : value, SourceOf(configuration.Providers, values[0].Path) ?? Default);
    }

    private static string? SourceOf(IEnumerable<IConfigurationProvider> providers, string path)
    {
        foreach (var provider in providers.Reverse().Where(provider => provider.TryGet(path, out var value) && !string.IsNullOrWhiteSpace(value)))
        {
            return provider switch
            {
                EnvironmentVariablesConfigurationProvider => "environment",
                FileConfigurationProvider file => file.Source.Path,
                ChainedConfigurationProvider { Configuration: IConfigurationRoot inner } => SourceOf(inner.Providers, path),
                _ => "program",
            };
        }

        return null;
    }
}
