using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using NeuroLab.Infrastructure.Caching;
using NeuroLab.Infrastructure.Caching.Redis;
using NeuroLab.Infrastructure.Identity;
using NeuroLab.Infrastructure.Persistence;
using NeuroLab.Infrastructure.Randomness;

namespace NeuroLab.Infrastructure.Configuration;

/// <summary>The settings of all adapters together.</summary>
public static class InfrastructureSettings
{
    /// <summary>Everything that is wrong with them, a sentence each, before anything is made of them.</summary>
    public static IEnumerable<string> Failures(IConfiguration configuration) =>
    [
        .. DatabaseTarget.Failures(configuration),
        .. FailuresOf(() => SettingReader.Read<DatabaseOptions>(configuration)),
        .. FailuresOf(() => IdentitySettings.Read(configuration)),
        .. FailuresOf(() => SettingReader.Read<RandomnessOptions>(configuration)),
        .. RedisServices.Failures(configuration),
        .. FailuresOf(() => SettingReader.Read<CacheOptions>(configuration)),
    ];

    /// <summary>What is wrong where the place of the data cannot be made or is no folder; null where it is there, or not needed. Makes the folder.</summary>
    public static string? DataDirectoryFailure(IConfiguration configuration)
    {
        try
        {
            _ = string.IsNullOrWhiteSpace(configuration[DatabaseTarget.PostgresName]) ? new DataDirectory(configuration).FullPath : null;
            return null;
        }
        catch (InvalidOperationException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>What a reader of settings complains of; nothing where it can read them.</summary>
    public static IEnumerable<string> FailuresOf(Func<object?> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        try
        {
            read();
            return [];
        }
        catch (OptionsValidationException exception)
        {
            return exception.Failures;
        }
    }

    /// <summary>Names in a section that are no setting, a sentence each.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="section">The section.</param>
    /// <param name="keys">The settings that exist.</param>
    /// <param name="areOthersHere">Whether somebody else may have settings in the section: then only a slip in the name of one of these is told.</param>
    public static IEnumerable<string> UnknownIn(IConfiguration configuration, string section, IReadOnlyList<string> keys, bool areOthersHere) =>
        UnknownSettings.In(configuration, section, keys, [], areOthersHere);
}
