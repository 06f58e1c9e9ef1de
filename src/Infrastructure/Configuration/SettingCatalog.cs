using System.Collections.Concurrent;
using System.Reflection;

namespace NeuroLab.Infrastructure.Configuration;

/// <summary>A setting that exists. Immutable.</summary>
public sealed record Setting
{
    /// <summary>The prefix of environment variables that the host takes off.</summary>
    private const string HostPrefix = "ASPNETCORE_";

    /// <summary>Its name: a configuration key, such as <c>Cache:Jitter</c>, or the name of an environment variable.</summary>
    public required string Key { get; init; }

    /// <summary>The name without a section by which it can be given as well; null where there is none.</summary>
    public string? Alias { get; init; }

    /// <summary>Whether the alias has seconds where the key has a time.</summary>
    public bool IsAliasInSeconds { get; init; }

    /// <summary>Which table it stands in.</summary>
    public required SettingGroup Group { get; init; }

    /// <summary>What it means, as Markdown; empty where the documentation of the code is not beside the program.</summary>
    public required string Meaning { get; init; }

    /// <summary>What it may be, in words; empty: anything.</summary>
    public required string Bounds { get; init; }

    /// <summary>What holds where it is not set; empty: nothing.</summary>
    public required string Default { get; init; }

    /// <summary>Whether nobody is shown its value.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Whether it is a list.</summary>
    public bool IsList { get; init; }

    /// <summary>Its environment variable; of a list the first.</summary>
    public string Name => SettingText.EnvironmentName(Key) + (IsList ? "__0" : "");

    /// <summary>Where it stands in the configuration of the running service.</summary>
    public string Path => Key.StartsWith(HostPrefix, StringComparison.Ordinal) ? Key[HostPrefix.Length..] : Key;
}

/// <summary>Every setting there is, found in the code: nobody keeps a list. Thread-safe.</summary>
public static class SettingCatalog
{
    private static readonly ConcurrentDictionary<Assembly, IReadOnlyList<(MemberInfo Member, Setting Setting)>> Known = new();

    /// <summary>The settings of assemblies: those without a section first, then in the order in which they are declared.</summary>
    public static IReadOnlyList<Setting> Of(params Assembly[] assemblies)
    {
        var declared = assemblies.SelectMany(DeclaredIn).ToList();
        var names = declared.ToDictionary(one => XmlSummaries.IdOf(one.Member), one => one.Setting.Name, StringComparer.Ordinal);
        var summaries = assemblies.ToDictionary(assembly => assembly, XmlSummaries.Read);
        return
        [
            .. declared
                .Select(one => one.Setting with { Meaning = XmlSummaries.AsMarkdown(summaries[one.Member.Module.Assembly].GetValueOrDefault(XmlSummaries.IdOf(one.Member)), names) })
                .OrderBy(setting => setting.Key.Contains(':', StringComparison.Ordinal)),
        ];
    }

    /// <summary>The keys of assemblies' settings, without what they mean.</summary>
    public static IReadOnlyList<string> KeysOf(params Assembly[] assemblies) => [.. assemblies.SelectMany(DeclaredIn).Select(one => one.Setting.Key)];

    /// <summary>Their names without a section as the configuration of the running service has them, aliases included.</summary>
    public static IReadOnlyList<string> PlainNamesOf(params Assembly[] assemblies) =>
    [
        .. assemblies.SelectMany(DeclaredIn)
            .SelectMany(one => new[] { one.Setting.Path, one.Setting.Alias })
            .OfType<string>()
            .Where(name => !name.Contains(':', StringComparison.Ordinal)),
    ];

    /// <summary>The sections of an assembly that have a class of their own.</summary>
    internal static IEnumerable<string> SectionsOf(Assembly assembly) =>
        assembly.GetTypes().Select(type => type.GetCustomAttribute<SettingSectionAttribute>()?.Section).OfType<string>();

    private static IReadOnlyList<(MemberInfo Member, Setting Setting)> DeclaredIn(Assembly assembly) => Known.GetOrAdd(assembly, static one => [.. Find(one)]);

    private static IEnumerable<(MemberInfo Member, Setting Setting)> Find(Assembly assembly)
    {
        foreach (var type in assembly.GetTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            if (type.GetCustomAttribute<SettingSectionAttribute>() is { } section)
            {
                var defaults = Activator.CreateInstance(type)!;
                foreach (var property in SettingProperty.Of(type))
                {
                    yield return (property.Property, Bound(property, section.Group, property.Get(defaults)));
                }
            }

            foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.DeclaredOnly).OrderBy(field => field.MetadataToken))
            {
                if (field.GetCustomAttribute<SettingAttribute>() is { } note)
                {
                    yield return (field, Named((string)field.GetRawConstantValue()!, note));
                }
            }
        }
    }

    private static Setting Bound(SettingProperty property, SettingGroup group, object? byDefault) => new()
    {
        Key = property.Key,
        Alias = property.Alias,
        IsAliasInSeconds = property.IsAliasInSeconds,
        Group = group,
        Meaning = "",
        Bounds = SettingText.Bounds(property.Range),
        Default = SettingText.Of(byDefault),
    };

    private static Setting Named(string key, SettingAttribute note) => new()
    {
        Key = key,
        Group = note.Group,
        Meaning = "",
        Bounds = note.Bounds ?? "",
        Default = SettingText.Of(note.Default),
        IsSecret = note.IsSecret,
        IsList = note.IsList,
    };
}
