using NeuroLab.ArchitectureTests.Rules;
using NeuroLab.ArchitectureTests.Violations.Settings;

namespace NeuroLab.ArchitectureTests;

/// <summary>What is written down is what is there.</summary>
public sealed class DocumentationTests
{
    private static readonly string[] ReadOneByOne =
    [
        "Cache__KeyPrefix", "ConnectionStrings__Postgres", "Authentication__Jwt__Secret", "Authentication__Jwt__PreviousSecrets__0", "Authentication__AdminApiKey", "Cors__Origins__0",
        "ForwardedHeaders__KnownProxies__0", "Limits__Connections", "Limits__Requests", "Limits__RequestsPerUser", "Limits__RequestTimeout", "Metrics__Access",
    ];

    [Fact]
    public void Operations_Always_DescribesEverySettingAndNoOther() =>
        SettingRules.SettingsAreDescribed(Subject.Infrastructure, File.ReadAllText(Path.Combine(SourceRules.Root, "docs", "operations.md")), ReadOneByOne).ShouldBeNone();

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
    public void SettingsAreDescribed_WhenOneIsMissingOrInvented_NamesIt() =>
        SettingRules.SettingsAreDescribed(Subject.Fixture("Settings"), "`Shop__Open` and `Shop__Tax__Rate`, and `Shop__Invented`, and `Till__Count`", "Till__Count")
            .ShouldName(typeof(ShopOptions).FullName!, "Shop__Invented");

    [Fact]
    public void LinksLeadSomewhere_WhenOneDoesNot_NamesTheFile() =>
        DocumentRules.LinksLeadSomewhere([Path.Combine(SourceRules.Root, "tests", "ArchitectureTests", "Violations", "broken-link.md")]).ShouldName("broken-link.md");

    [Fact]
    public void NamedTestsExist_WhenOneDoesNot_NamesIt() =>
        DocumentRules.NamedTestsExist([Path.Combine(SourceRules.Root, "docs", "caching.md")], new HashSet<string>(StringComparer.Ordinal) { "RaceMatrixTests" }).ShouldName("caching.md");

    private static HashSet<string> TestClasses() =>
        [.. Directory.GetFiles(Path.Combine(SourceRules.Root, "tests"), "*.cs", SearchOption.AllDirectories).Select(file => Path.GetFileNameWithoutExtension(file))];
}
