using System.Reflection;
using Microsoft.Extensions.Options;
using NeuroLab.Infrastructure.Configuration;
using NeuroLab.WebApi.Telemetry;

namespace NeuroLab.WebApi.Settings;

/// <summary>All settings of the service together: which there are, and what is wrong with them.</summary>
internal static class ServiceConfiguration
{
    private static readonly Assembly[] Assemblies = [typeof(InfrastructureSettings).Assembly, typeof(ServiceConfiguration).Assembly];

    /// <summary>Sections in which nobody else has settings, and which no class is bound to.</summary>
    private static readonly string[] OwnSections = ["Cors", "ForwardedHeaders"];

    /// <summary>Sections in which others may have settings, too.</summary>
    private static readonly string[] SharedSections = ["Authentication", "ConnectionStrings", "Metrics"];

    /// <summary>Names of the host that have no section and can be given on the command line.</summary>
    private static readonly string[] HostNames = ["urls", "http_ports", "https_ports", "environment", "contentRoot", "applicationName", "webroot", "pathBase"];

    /// <summary>The settings that exist, with what they mean.</summary>
    public static IReadOnlyList<Setting> Settings => SettingCatalog.Of(Assemblies);

    /// <summary>The names without a section that the command line may have.</summary>
    public static IReadOnlySet<string> PlainNames { get; } = new HashSet<string>([.. HostNames, .. SettingCatalog.PlainNamesOf(Assemblies)], StringComparer.OrdinalIgnoreCase);

    /// <summary>Everything that is wrong with the settings, a sentence each. Nothing is made of them.</summary>
    public static IReadOnlyList<string> Failures(IConfiguration configuration) =>
    [
        .. ListenAddress.Failures(configuration),
        .. InfrastructureSettings.FailuresOf(() => ServiceSettings.Read(configuration)),
        .. InfrastructureSettings.Failures(configuration),
        .. InfrastructureSettings.FailuresOf(() => TelemetrySettings.Read(configuration)),
        .. OwnSections.SelectMany(section => InfrastructureSettings.UnknownIn(configuration, section, SettingCatalog.KeysOf(Assemblies), areOthersHere: false)),
        .. SharedSections.SelectMany(section => InfrastructureSettings.UnknownIn(configuration, section, SettingCatalog.KeysOf(Assemblies), areOthersHere: true)),
    ];

    /// <summary>Refuses to start on settings that are wrong; says of all of them at once what is.</summary>
    /// <exception cref="OptionsValidationException">One or more are wrong; each failure is a sentence that names its setting and what would be right.</exception>
    public static void ThrowIfWrong(IConfiguration configuration)
    {
        string?[] failures = [.. Failures(configuration), InfrastructureSettings.DataDirectoryFailure(configuration)];
        if (failures.OfType<string>().ToList() is { Count: > 0 } wrong)
        {
            throw new OptionsValidationException("settings", typeof(ServiceConfiguration), wrong);
        }
    }
}
