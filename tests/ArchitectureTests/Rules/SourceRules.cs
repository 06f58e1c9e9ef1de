using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace NeuroLab.ArchitectureTests.Rules;

/// <summary>Rules on files: what the compiler does not keep.</summary>
internal static partial class SourceRules
{
    /// <summary>Lines that a source file has at most.</summary>
    public const int MaxLines = 400;

    private static readonly Rule Short = new(
        $"A source file has at most {MaxLines} lines.",
        "A longer file holds more than one thought, and nobody reads it to the end.",
        "Split it where its concerns part.");

    private static readonly Rule Bare = new(
        "The domain's project refers to no package, framework or project.",
        "The compiler drops references that are not used yet, so only the project file shows that somebody opened the door.",
        "Put what needs the package behind a port, and its adapter into Infrastructure.");

    private static readonly Rule NotSkipped = new(
        "No test is skipped.",
        "A skipped test counts as green and guards nothing.",
        "Mend it or delete it.");

    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Files stay readable.</summary>
    public static IEnumerable<Offence> FilesAreShort(string folder) =>
        from file in Sources(folder)
        let lines = File.ReadLines(file).Count()
        where lines > MaxLines
        select Short.BrokenBy(file, $"has {lines} lines");

    /// <summary>The domain stands alone.</summary>
    public static IEnumerable<Offence> ProjectIsBare(string projectFile) =>
        from element in XDocument.Load(projectFile).Descendants()
        where element.Name.LocalName is "PackageReference" or "FrameworkReference" or "ProjectReference"
        select Bare.BrokenBy(projectFile, $"has the {element.Name.LocalName} {element.Attribute("Include")?.Value}");

    /// <summary>Every test runs.</summary>
    public static IEnumerable<Offence> TestsAreNotSkipped(string folder) =>
        from file in Sources(folder)
        from match in SkippedTest().Matches(File.ReadAllText(file))
        select NotSkipped.BrokenBy(file, $"has {match.Value}");

    /// <summary>Source files of a folder, those that a build makes left out.</summary>
    public static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "NeuroLab.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No NeuroLab.sln above {AppContext.BaseDirectory}.");
    }

    [GeneratedRegex(@"\[(Fact|Theory)\([^\]\n]*\bSkip\b")]
    private static partial Regex SkippedTest();
}
