namespace NeuroLab.IntegrationTests.OpenApi;

/// <summary>The description, and a public linter.</summary>
[Collection(NodeToolsCollection.Name)]
public sealed class DescriptionLintTests(LintReports reports) : IClassFixture<LintReports>
{
    [Fact]
    public void Lint_OfTheServedDescription_FindsNothing() => LintReports.Count(reports.Served).Should().Be(0, reports.Served.ToJsonString());

    [Theory]
    [MemberData(nameof(LintReports.Rules), MemberType = typeof(LintReports))]
    public void Lint_WhenTheDescriptionIsWrong_NamesTheRule(string rule)
    {
        LintReports.Count(reports.Of(rule)).Should().BePositive();
        reports.Of(rule)["problems"]!.AsArray().Select(problem => problem!["ruleId"]!.GetValue<string>()).Should().Contain(rule);
    }
}
