using System.Text.RegularExpressions;

namespace NeuroLab.ArchitectureTests.Rules;

/// <summary>Where types are written: a message that names the file is one that can be followed.</summary>
internal static partial class SourceFiles
{
    private static readonly string[] Folders = ["src", "tests/ArchitectureTests"];

    private static readonly Lazy<ILookup<string, string>> Declared = new(() => Folders
        .SelectMany(folder => SourceRules.Sources(Path.Combine(SourceRules.Root, folder)))
        .SelectMany(file => TypesIn(File.ReadAllText(file)).Select(type => (Type: type, File: file)))
        .ToLookup(one => one.Type, one => one.File));

    /// <summary>The file of a type, from the repository's root; null where there is none.</summary>
    /// <param name="typeName">Its full name; a nested type's file is that of the type around it.</param>
    public static string? Of(string typeName)
    {
        var outermost = typeName.Split('+', '/')[0].Split('`')[0];
        // A program's entry point is declared by its file alone.
        return Declared.Value[outermost].Order(StringComparer.Ordinal).Concat(Declared.Value[""].Where(file => Path.GetFileName(file) == $"{outermost}.cs")).FirstOrDefault() is { } file
            ? Relative(file)
            : null;
    }

    /// <summary>A path from the repository's root.</summary>
    public static string Relative(string path) => Path.GetRelativePath(SourceRules.Root, path).Replace('\\', '/');

    /// <summary>The full names of the types that a source declares, without those in others; an empty one where it declares none.</summary>
    private static IEnumerable<string> TypesIn(string source)
    {
        var (ns, found) = ("", false);
        foreach (Match match in Declaration().Matches(source))
        {
            if (match.Groups["namespace"].Success)
            {
                ns = match.Groups["namespace"].Value;
                continue;
            }

            found = true;
            yield return ns.Length == 0 ? match.Groups["type"].Value : $"{ns}.{match.Groups["type"].Value}";
        }

        if (!found)
        {
            yield return "";
        }
    }

    // Comments are passed over: they may speak of a class.
    [GeneratedRegex(@"^[ \t]*//.*$|^\s*namespace\s+(?<namespace>[\w.]+)|\b(?:class|record|struct|interface|enum|delegate\s+\S+)\s+(?:class\s+|struct\s+)?(?<type>[A-Z]\w*)", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
