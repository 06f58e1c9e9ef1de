using System.Text.RegularExpressions;
using NeuroLab.IntegrationTests.EndToEnd;
using NeuroLab.Tests;

namespace NeuroLab.IntegrationTests.Deployment;

/// <summary>docs/adding-a-cached-query.md, followed to the letter on a copy of the sources.</summary>
[Collection(BuildsCollection.Name)]
public sealed partial class GuideTests : IDisposable
{
    private const string Endpoints = "src/WebApi/Endpoints/DashboardEndpoints.cs";
    private const int StepsOfTheTour = 4;

    private static readonly string Packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("neurolab-guide-");

    private string Copy => Path.Combine(_folder.FullName, "copy");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Guide_WhenFollowedToTheLetter_EndsWithAQueryThatIsTestedAndServed()
    {
        Builds.Copy(Repository.Root, Copy);
        var before = Sources();
        var guide = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "adding-a-cached-query.md"));
        var steps = Step().Split(PastedSteps.Section(guide, "## Five minutes"))[1..];
        steps.Should().HaveCount(9);

        foreach (var step in steps)
        {
            await FollowAsync(step);
        }

        Sources().Where(file => !before.TryGetValue(file.Key, out var text) || text != file.Value).Select(file => file.Key)
            .Should().OnlyContain(file => file == Endpoints || file.StartsWith("src/Application/Dashboard/GetDashboardStreaks/"), "one folder is made, and one line added");
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"));
        await using var service = await ServiceProcess.StartAsync(
            new Dictionary<string, string> { ["DATA_DIR"] = _folder.CreateSubdirectory("data").FullName }, Path.Combine(Copy, "src", "WebApi", "bin", "Debug", "net10.0", "NeuroLab.WebApi.dll"));
        var tour = PastedSteps.In(PastedSteps.Section(readme, "## A five-minute tour")).Take(StepsOfTheTour);
        await PastedSteps.RunAsync([.. tour, .. PastedSteps.In(steps[^1])], service.Address);
    }

    private async Task FollowAsync(string step)
    {
        var file = SourceFile().Match(step) is { Success: true } named ? named.Groups[1].Value : null;
        foreach (Match block in Block().Matches(step))
        {
            var text = block.Groups["text"].Value;
            switch (block.Groups["kind"].Value)
            {
                case "sh":
                    await RunAsync(text);
                    break;
                case "csharp" when file == Endpoints:
                    await AddLineAsync(text);
                    break;
                case "csharp":
                    File.Exists(Path.Combine(Copy, file!)).Should().BeTrue("{0} is made by the template", file);
                    await File.WriteAllTextAsync(Path.Combine(Copy, file!), text);
                    break;
                default:
                    break;
            }
        }
    }

    private async Task RunAsync(string commands)
    {
        // Tests beside those of the query build everything a second time: they are left to the long runs.
        foreach (var command in commands.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(command => TestSize.IsFull || !command.StartsWith("dotnet test tests/", StringComparison.Ordinal) || command.Contains("UnitTests")))
        {
            // Templates are installed for these commands alone.
            var printed = await Builds.RunAsync(Copy, "bash", ["-ec", command], ("DOTNET_CLI_HOME", _folder.CreateSubdirectory("home").FullName), ("NUGET_PACKAGES", Packages));
            if (command.StartsWith("dotnet test", StringComparison.Ordinal))
            {
                printed.Should().MatchRegex("Passed!.* Passed: +[1-9]", "{0} finds tests", command);
            }
        }
    }

    private async Task AddLineAsync(string line)
    {
        var file = Path.Combine(Copy, Endpoints);
        var text = await File.ReadAllTextAsync(file);
        var end = text.IndexOf("\n    }\n", text.IndexOf("void MapDashboard(", StringComparison.Ordinal), StringComparison.Ordinal);
        line.TrimEnd('\n').Should().NotContain("\n");
        await File.WriteAllTextAsync(file, text.Insert(end + 1, line));
    }

    private Dictionary<string, string> Sources() => Directory.EnumerateFiles(Copy, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Copy, file))
        .Where(file => !Made().IsMatch(file))
        .ToDictionary(file => file, file => File.ReadAllText(Path.Combine(Copy, file)));

    [GeneratedRegex(@"^\*\*[0-9]+\. ", RegexOptions.Multiline)]
    private static partial Regex Step();

    [GeneratedRegex(@"`(src/[^`]+\.cs)`")]
    private static partial Regex SourceFile();

    [GeneratedRegex("^```(?<kind>[a-z]+)\n(?<text>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex(@"(^|/)(bin|obj|TestResults)/")]
    private static partial Regex Made();
}
