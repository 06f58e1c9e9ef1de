using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NeuroLab.IntegrationTests.OpenApi;

/// <summary>What a public linter says of the served description, and of several wrong ones: all in one run, for most of what it costs is its start.</summary>
public sealed class LintReports(NodeTools tools) : IAsyncLifetime
{
    /// <summary>What is made wrong in the operation of sign-in, by the rule that is to find it.</summary>
    private static readonly Dictionary<string, Action<JsonObject>> Faults = new()
    {
        ["no-invalid-media-type-examples"] = login => login["requestBody"]!["content"]!["application/json"]!["example"]!["email"] = 7,
        ["operation-description"] = login => login.Remove("description"),
        ["no-unresolved-refs"] = login => login["responses"]!["200"]!["content"]!["application/json"]!["schema"]!["$ref"] = "#/components/schemas/Nothing",
        ["response-contains-header"] = login => login["responses"]!["200"]!["headers"]!.AsObject().Remove("X-Correlation-ID"),
    };

    private readonly Dictionary<string, JsonNode> _reports = [];

    /// <summary>The rules that are to find something.</summary>
    public static TheoryData<string> Rules => new([.. Faults.Keys]);

    /// <summary>Of the served description.</summary>
    public JsonNode Served { get; private set; } = null!;

    /// <summary>Of the one that a rule is to find wrong.</summary>
    public JsonNode Of(string rule) => _reports[rule];

    /// <summary>Errors and warnings together; what is ignored would be one of them.</summary>
    public static int Count(JsonNode report) => report["totals"]!.AsObject().Sum(kind => kind.Value!.GetValue<int>());

    public async Task InitializeAsync()
    {
        var folder = NodeTools.NewFolder("lint");
        var files = new List<string>();
        foreach (var (name, spoil) in Faults.Prepend(new("served", _ => { })))
        {
            var document = JsonNode.Parse(tools.Description)!;
            spoil(document["paths"]!["/api/auth/login"]!["post"]!.AsObject());
            files.Add(Path.Combine(folder, name + ".json"));
            await File.WriteAllTextAsync(files[^1], name == "served" ? tools.Description : document.ToJsonString());
        }

        var (code, output, errors) = await NodeTools.NodeAsync(
            "node_modules/@redocly/cli/bin/cli.js", ["lint", .. files, "--config", "redocly.yaml", "--lint-config", "error", "--format", "json", "--max-problems", "1000"]);
        code.Should().BeOneOf([0, 1], "the linter came to its end: {0} {1}", output, errors);
        var reports = Documents(output[output.IndexOf('{', StringComparison.Ordinal)..]);
        reports.Should().HaveCount(files.Count, "there is one of each, in their order: {0} {1}", output, errors);
        Served = reports[0];
        foreach (var (rule, report) in Faults.Keys.Zip(reports.Skip(1)))
        {
            _reports[rule] = report;
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    private static List<JsonNode> Documents(string text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), new JsonReaderOptions { AllowMultipleValues = true });
        var documents = new List<JsonNode>();
        while (reader.Read())
        {
            documents.Add(JsonNode.Parse(ref reader)!);
        }

        return documents;
    }
}
