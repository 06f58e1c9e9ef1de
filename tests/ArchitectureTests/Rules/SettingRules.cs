using System.Text.RegularExpressions;

namespace NeuroLab.ArchitectureTests.Rules;

/// <summary>Rules on what can be configured.</summary>
internal static partial class SettingRules
{
    private static readonly Rule Told = new(
        "Every setting stands in docs/operations.md, and every setting named there exists.",
        "A setting that is not written down is not used; one that is written down and bound to nothing is believed.",
        "Write the line, or take it out.");

    private static readonly string Description = Path.Combine(SourceRules.Root, "docs", "operations.md");

    /// <summary>Settings and their description are the same.</summary>
    /// <param name="subject">Where the options are: classes whose name ends in Options, with their section in a constant.</param>
    /// <param name="document">The description.</param>
    /// <param name="others">Settings that are read one by one.</param>
    public static IEnumerable<Offence> SettingsAreDescribed(Subject subject, string document, params string[] others)
    {
        var settings = subject.Types.Where(type => SectionOf(type) is not null)
            .SelectMany(type => NamesOf(type, SectionOf(type)!.Replace(":", "__", StringComparison.Ordinal)).Select(name => (Name: name, Source: type.FullName!)))
            .Concat(others.Select(name => (Name: name, Source: name)))
            .ToList();
        var described = Setting().Matches(document).Select(match => match.Value).ToHashSet();
        return settings.Where(setting => !described.Contains(setting.Name)).Select(setting => Told.BrokenBy(setting.Source, $"{setting.Name} is not described", SourceFiles.Of(setting.Source) is null ? Description : null))
            .Concat(described.Except(settings.Select(setting => setting.Name)).Select(name => Told.BrokenBy(name, "is described and does not exist", Description)));
    }

    private static string? SectionOf(Type type) =>
        type.Name.EndsWith("Options", StringComparison.Ordinal)
            ? type.GetFields().FirstOrDefault(field => field is { IsLiteral: true, Name: "Section" or "SectionName" })?.GetRawConstantValue() as string
            : null;

    private static IEnumerable<string> NamesOf(Type type, string prefix) => type.GetProperties()
        .Where(property => property.SetMethod is { IsPublic: true })
        .SelectMany(property => property.PropertyType.Assembly == type.Assembly
            ? NamesOf(property.PropertyType, $"{prefix}__{property.Name}")
            : [$"{prefix}__{property.Name}"]);

    [GeneratedRegex(@"\b[A-Z][A-Za-z]*(__[A-Z0-9][A-Za-z]*)+\b")]
    private static partial Regex Setting();
}
