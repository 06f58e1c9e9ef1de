using System.Text.RegularExpressions;

namespace NeuroLab.IntegrationTests.EndToEnd;

/// <summary>The tour of README.md, pasted into bash as it stands, against a fresh service.</summary>
[Collection(ServersCollection.Name)]
public sealed partial class ReadmeTests(Servers servers)
{
    [Fact]
    public async Task Tour_WhenPasted_PrintsWhatTheReadmeSays()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"));
        var tour = PastedSteps.Section(readme, "## A five-minute tour");
        var steps = PastedSteps.In(tour);
        steps.Should().HaveCountGreaterThan(4);
        Fence().Matches(tour).Should().HaveCount(4 * steps.Count, "what each step prints stands below it");

        await using var service = await ServiceProcess.StartAsync(servers.Embedded());
        await PastedSteps.RunAsync(steps, service.Address);
    }

    [GeneratedRegex("^```", RegexOptions.Multiline)]
    private static partial Regex Fence();
}
