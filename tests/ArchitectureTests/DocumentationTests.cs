using NeuroLab.ArchitectureTests.Rules;

namespace NeuroLab.ArchitectureTests;

/// <summary>What is written down is what is there.</summary>
public sealed class DocumentationTests
{
    [Fact]
    public void NamedTests_Always_Exist() =>
        DocumentRules.NamedTestsExist(
            [.. Directory.GetFiles(Path.Combine(SourceRules.Root, "docs"), "*.md", SearchOption.AllDirectories), Path.Combine(SourceRules.Root, "SECURITY.md")], TestClasses()).ShouldBeNone();

    [Theory]
    [InlineData("src/Infrastructure/Caching/README.md")]
    [InlineData("README.md")]
    [InlineData("SECURITY.md")]
    [InlineData("docs")]
    public void Links_Always_LeadSomewhere(string place)
    {
        var path = Path.Combine(SourceRules.Root, place);
        DocumentRules.LinksLeadSomewhere(File.Exists(path) ? [path] : Directory.GetFiles(path, "*.md", SearchOption.AllDirectories)).ShouldBeNone();
    }

    [Fact]
    public void LinksLeadSomewhere_WhenOneDoesNot_NamesTheFile() =>
        DocumentRules.LinksLeadSomewhere([Path.Combine(SourceRules.Root, "tests", "ArchitectureTests", "Violations", "broken-link.md")]).ShouldName("broken-link.md");

    [Fact]
    public void NamedTestsExist_WhenOneDoesNot_NamesIt() =>
        DocumentRules.NamedTestsExist([Path.Combine(SourceRules.Root, "docs", "caching.md")], new HashSet<string>(StringComparer.Ordinal) { "RaceMatrixTests" }).ShouldName("caching.md");

    [Fact]
    public void TestClasses_WhenTheyStandBesideTheirUseCase_AreFound() => TestClasses().Should().Contain(["SignOutTests", nameof(DocumentationTests)]);

    /// <summary>By their files; the file of the tests beside a use case is called <c>SignOut.Tests.cs</c>.</summary>
    private static HashSet<string> TestClasses() =>
    [
        .. new[] { "tests", "src" }.SelectMany(folder => SourceRules.Sources(Path.Combine(SourceRules.Root, folder)))
            .Select(file => Path.GetFileNameWithoutExtension(file).Replace(".Tests", "Tests", StringComparison.Ordinal)),
    ];
}
