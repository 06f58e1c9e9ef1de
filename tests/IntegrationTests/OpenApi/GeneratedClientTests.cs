using NeuroLab.IntegrationTests.EndToEnd;

namespace NeuroLab.IntegrationTests.OpenApi;

/// <summary>A client that a public generator makes of the live description, and what a client developer does with it (tests/OpenApi/journey.ts).</summary>
[Collection(NodeToolsCollection.Name)]
public sealed class GeneratedClientTests(NodeTools tools, GeneratedClients clients) : IClassFixture<GeneratedClients>
{
    [Fact]
    public async Task Client_WhenGeneratedFromTheServedDescription_CompilesStrictlyAndDoesItsJourney()
    {
        clients.Complaints.Should().BeEmpty();

        var (code, output, errors) = await NodeTools.NodeAsync(clients.Journey, [], ("NEUROLAB_URL", tools.Address.ToString().TrimEnd('/')));

        code.Should().Be(0, "{0}\n{1}", output, errors);
        output.Should().Contain("The whole journey is done.");
    }

    /// <summary>After a change of the API: <c>npm run types -- URL</c> in src/WebApi/ClientApp.</summary>
    [Fact]
    public async Task Page_ItsTypes_AreThoseOfTheServedDescription()
    {
        var folder = NodeTools.NewFolder("page");
        var (description, types) = (Path.Combine(folder, "openapi.json"), Path.Combine(folder, "schema.d.ts"));
        await File.WriteAllTextAsync(description, tools.Description);

        var (code, output, errors) = await NodeTools.NodeAsync("node_modules/openapi-typescript/bin/cli.js", [description, "--output", types]);

        code.Should().Be(0, "{0}\n{1}", output, errors);
        (await File.ReadAllTextAsync(types)).Should().Be(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src", "WebApi", "ClientApp", "src", "api", "schema.d.ts")));
    }

    [Theory]
    [MemberData(nameof(GeneratedClients.FaultNames), MemberType = typeof(GeneratedClients))]
    public void Client_WhenTheDescriptionIsWrong_DoesNotCompile(string fault) => clients.ComplaintsOf(fault).Should().NotBeEmpty();
}
