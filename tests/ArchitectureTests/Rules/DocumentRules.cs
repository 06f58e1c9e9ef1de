using System.Text.RegularExpressions;

namespace NeuroLab.ArchitectureTests.Rules;

/// <summary>Rules on what is written for people.</summary>
internal static partial class DocumentRules
{
    private static readonly Rule Reachable = new(
        "Every link to a file of the repository leads to one.",
        "A reader who meets a dead link does not trust the rest.",
        "Mend the link.");

    private static readonly Rule Existing = new(
        "A test that a document names is a class of the tests.",
        "Who looks for what holds a promise must find it.",
        "Name the test that does, or take the promise back.");

    /// <summary>No dead links; those into the web are not followed.</summary>
    public static IEnumerable<Offence> LinksLeadSomewhere(IEnumerable<string> documents) =>
        from document in documents
        from match in Link().Matches(File.ReadAllText(document))
        let target = match.Groups[1].Value.Split('#')[0]
        where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)
        where !Path.Exists(Path.Combine(Path.GetDirectoryName(document)!, target))
        select Reachable.BrokenBy(Path.GetFullPath(document), $"links to {target}");

    /// <summary>Tests that are named are there.</summary>
    public static IEnumerable<Offence> NamedTestsExist(IEnumerable<string> documents, IReadOnlySet<string> classes) =>
        from document in documents
        from match in NamedTest().Matches(File.ReadAllText(document))
        where !classes.Contains(match.Groups[1].Value)
        select Existing.BrokenBy(Path.GetFullPath(document), $"names {match.Groups[1].Value}");

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`([A-Z][A-Za-z]+(?:Tests|Contract))`")]
    private static partial Regex NamedTest();
}
