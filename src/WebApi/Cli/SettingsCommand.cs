using System.Text.Json;
using NeuroLab.WebApi.Http;
using NeuroLab.WebApi.Settings;

namespace NeuroLab.WebApi.Cli;

/// <summary>Prints every setting with its value in force and where that comes from, and what is wrong with them; or writes the tables of the documentation.</summary>
internal static class SettingsCommand
{
    /// <summary>Prints them. Values of secrets are never printed.</summary>
    /// <param name="json">As one JSON document; else as a table.</param>
    /// <param name="output">Takes the settings.</param>
    /// <param name="errors">Takes a sentence for each that is wrong.</param>
    /// <returns>The exit code: failed where one or more are wrong.</returns>
    public static async Task<int> PrintAsync(bool json, TextWriter output, TextWriter errors)
    {
        IConfigurationRoot configuration = Service.CreateBuilder([]).Configuration;
        var settings = EffectiveSettings.Of(configuration, ServiceConfiguration.Settings);
        var failures = ServiceConfiguration.Failures(configuration);
        if (json)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(new { settings, problems = failures }, ApiJson.Options));
            return failures.Count == 0 ? CommandLine.Done : CommandLine.Failed;
        }

        await output.WriteAsync(TextTable.Of(["NAME", "VALUE", "FROM"], settings.Select(setting => new[] { setting.Name, setting.Value ?? "-", setting.Source })));
        return failures.Count == 0 ? CommandLine.Done : CommandLine.Refuse(errors, failures);
    }

    /// <summary>Writes the tables of a page that stand between its marks.</summary>
    public static async Task<int> UpdateAsync(string file)
    {
        var page = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, SettingPage.Update(page, ServiceConfiguration.Settings));
        return CommandLine.Done;
    }
}
