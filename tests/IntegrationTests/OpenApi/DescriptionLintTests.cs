using System.Text.Json;
using System.Text.Json.Nodes;

namespace NeuroLab.IntegrationTests.OpenApi;

/// <summary>The description, and a public linter.</summary>
[Collection(NodeToolsCollection.Name)]
public sealed class DescriptionLintTests(NodeTools tools)
{
    [Fact]
    public async Task Lint_OfTheServedDescription_FindsNothing()
    {
        var (problems, report) = await LintAsync("served", tools.Description);

        problems.Should().Be(0, report);
    }

    [Theory]
    [InlineData("an example that breaks its schema", "no-invalid-media-type-examples")]
    [InlineData("an operation without a description", "operation-description")]
    [InlineData("a reference to nothing", "no-unresolved-refs")]
    [InlineData("an answer without its header", "response-contains-header")]
    public async Task Lint_WhenTheDescriptionIsWrong_NamesTheRule(string fault, string rule)
    {
        var document = JsonNode.Parse(tools.Description)!;
        var login = document["paths"]!["/api/auth/login"]!["post"]!.AsObject();
        switch (rule)
        {
            case "no-invalid-media-type-examples":
                login["requestBody"]!["content"]!["application/json"]!["example"]!["email"] = 7;
                break;
            case "operation-description":
                login.Remove("description");
                break;
            case "response-contains-header":
                login["responses"]!["200"]!["headers"]!.AsObject().Remove("X-Correlation-ID");
                break;
            default:
                login["responses"]!["200"]!["content"]!["application/json"]!["schema"]!["$ref"] = "#/components/schemas/Nothing";
                break;
        }

        var (problems, report) = await LintAsync("wrong-" + rule, document.ToJsonString());

        problems.Should().BePositive("of {0}", fault);
        report.Should().Contain(rule);
    }

    /// <returns>Errors and warnings together, and all that the linter says.</returns>
    private static async Task<(int Problems, string Report)> LintAsync(string name, string description)
    {
        var file = Path.Combine(NodeTools.NewFolder(name), "openapi.json");
        await File.WriteAllTextAsync(file, description);
        var (code, output, errors) = await NodeTools.NodeAsync(
            "node_modules/@redocly/cli/bin/cli.js", ["lint", file, "--config", "redocly.yaml", "--lint-config", "error", "--format", "json", "--max-problems", "1000"]);
        code.Should().BeOneOf([0, 1], "the linter came to its end: {0} {1}", output, errors);
        using var report = JsonDocument.Parse(output[output.IndexOf('{', StringComparison.Ordinal)..]);
        var totals = report.RootElement.GetProperty("totals");
        totals.GetProperty("ignored").GetInt32().Should().Be(0);
        return (totals.GetProperty("errors").GetInt32() + totals.GetProperty("warnings").GetInt32(), output);
    }
}
