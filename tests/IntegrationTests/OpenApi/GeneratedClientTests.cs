using System.Text.Json.Nodes;

namespace NeuroLab.IntegrationTests.OpenApi;

/// <summary>A client that a public generator makes of the live description, and what a client developer does with it (tests/OpenApi/journey.ts).</summary>
[Collection(NodeToolsCollection.Name)]
public sealed class GeneratedClientTests(NodeTools tools)
{
    [Fact]
    public async Task Client_WhenGeneratedFromTheServedDescription_CompilesStrictlyAndDoesItsJourney()
    {
        var (folder, mistakes) = await CompileAsync("client", tools.Description);
        mistakes.Should().BeEmpty();

        var (code, output, errors) = await NodeTools.NodeAsync(Path.Combine(folder, "journey.js"), [], ("NEUROLAB_URL", tools.Address.ToString().TrimEnd('/')));

        code.Should().Be(0, "{0}\n{1}", output, errors);
        output.Should().Contain("The whole journey is done.");
    }

    [Theory]
    [InlineData("words", "/components/schemas/ExperimentResponse/properties/status/enum")]
    [InlineData("nullable", "/components/schemas/ExperimentDetailsResponse/properties/results/oneOf")]
    [InlineData("required in an answer", "/components/schemas/Freshness/properties/cache_info/required")]
    [InlineData("required in a body", "/components/schemas/LoginBody/required")]
    [InlineData("parameter", "/components/parameters/If-None-Match/name")]
    [InlineData("status", "/paths/~1api~1experiments~1{id}/get/responses/404")]
    public async Task Client_WhenTheDescriptionIsWrong_DoesNotCompile(string name, string place)
    {
        var document = JsonNode.Parse(tools.Description)!;
        var names = place[1..].Split('/').Select(part => part.Replace("~1", "/", StringComparison.Ordinal)).ToList();
        var parent = names[..^1].Aggregate(document, (part, member) => part[member]!).AsObject();
        switch (parent[names[^1]])
        {
            case JsonArray { Count: > 1 } several:
                several.RemoveAt(name == "nullable" ? 0 : several.Count - 1);
                break;
            case JsonValue:
                parent[names[^1]] = "Else";
                break;
            default:
                parent.Remove(names[^1]).Should().BeTrue();
                break;
        }

        var (_, mistakes) = await CompileAsync("client-wrong-" + name, document.ToJsonString());

        mistakes.Should().Contain("journey.ts");
    }

    /// <returns>The folder with the compiled journey, and what the compiler says of it: nothing where all is well.</returns>
    private static async Task<(string Folder, string Mistakes)> CompileAsync(string name, string description)
    {
        var folder = NodeTools.NewFolder(name);
        await File.WriteAllTextAsync(Path.Combine(folder, "openapi.json"), description);
        await File.WriteAllTextAsync(Path.Combine(folder, "tsconfig.json"), """{ "extends": "../../tsconfig.json", "include": ["*.ts"] }""");
        File.Copy(Path.Combine(NodeTools.Folder, "journey.ts"), Path.Combine(folder, "journey.ts"));
        var (code, output, errors) = await NodeTools.NodeAsync(
            "node_modules/openapi-typescript/bin/cli.js", [Path.Combine(folder, "openapi.json"), "--output", Path.Combine(folder, "schema.d.ts"), "--default-non-nullable", "false"]);
        code.Should().Be(0, "the client is generated: {0} {1}", output, errors);
        var compiled = await NodeTools.NodeAsync("node_modules/typescript/bin/tsc", ["--project", folder]);
        return (folder, compiled.Output);
    }
}
