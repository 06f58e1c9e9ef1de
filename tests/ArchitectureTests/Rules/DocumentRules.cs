using System.Text.RegularExpressions;

namespace NeuroLab.ArchitectureTests.Rules;

/// <summary>Rules on what is written for people.</summary>
internal static partial class DocumentRules
{
    private static readonly Rule Reachable = new(
        "Every link to a file of the repository leads to one.",
        "A reader who meets a dead link does not trust the rest.",
        "Mend the link.");

    /// <summary>No dead links; those into the web are not followed.</summary>
    public static IEnumerable<Offence> LinksLeadSomewhere(IEnumerable<string> documents) =>
        from document in documents
        from match in Link().Matches(File.ReadAllText(document))
        let target = match.Groups[1].Value.Split('#')[0]
        where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)
        where !Path.Exists(Path.Combine(Path.GetDirectoryName(document)!, target))
        select Reachable.BrokenBy(Path.GetFileName(document), $"links to {target}");

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
