using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace NeuroLab.Infrastructure.Configuration;

/// <summary>Reads the summaries of the code's documentation, which the compiler writes beside the assembly.</summary>
internal static partial class XmlSummaries
{
    /// <summary>The summaries of an assembly by the id of their member; none where the file is not there.</summary>
    public static IReadOnlyDictionary<string, XElement> Read(Assembly assembly)
    {
        var file = Path.ChangeExtension(assembly.Location, ".xml");
        return File.Exists(file)
            ? XDocument.Load(file).Descendants("member").Where(member => member.Element("summary") is not null)
                .ToDictionary(member => member.Attribute("name")!.Value, member => member.Element("summary")!, StringComparer.Ordinal)
            : new Dictionary<string, XElement>();
    }

    /// <summary>The id by which the documentation knows a property or a field.</summary>
    public static string IdOf(MemberInfo member) =>
        $"{(member is PropertyInfo ? "P" : "F")}:{member.DeclaringType!.FullName!.Replace('+', '.')}.{member.Name}";

    /// <summary>A summary as one line of Markdown; references to settings become their names.</summary>
    /// <param name="summary">The summary; null for none.</param>
    /// <param name="names">The settings' names by the ids of their members.</param>
    public static string AsMarkdown(XElement? summary, IReadOnlyDictionary<string, string> names) =>
        summary is null ? "" : Space().Replace(string.Concat(summary.Nodes().Select(node => Text(node, names))), " ").Trim().TrimEnd('.').Replace("|", "\\|", StringComparison.Ordinal);

    private static string Text(XNode node, IReadOnlyDictionary<string, string> names) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" } see when see.Attribute("cref")?.Value is { } id => $"`{names.GetValueOrDefault(id, id[(id.LastIndexOf('.') + 1)..])}`",
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement other => string.Concat(other.Nodes().Select(child => Text(child, names))),
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
