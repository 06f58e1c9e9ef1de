using System.Text.RegularExpressions;
using NeuroLab.IntegrationTests.EndToEnd;
using NeuroLab.Tests;

namespace NeuroLab.IntegrationTests.Deployment;

/// <summary>
/// docs/adding-a-cached-query.md, followed to the letter on a copy of the sources. The tests beside those of the query itself, and the look at the service, are left to the long runs; what the
/// template makes is compiled into the unit tests, and tested there.
/// </summary>
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
    public async Task Template_WhenUsed_MakesAFolderOfTheQuerysNames()
    {
        Builds.Copy(Path.Combine(Repository.Root, "templates"), Path.Combine(Copy, "templates"));

        await RunAsync(Block().Match(await GuideAsync()).Groups["text"].Value);

        var files = Directory.GetFiles(Path.Combine(Copy, "src", "Application", "Dashboard", "GetDashboardStreaks"));
        files.Select(Path.GetFileName).Should().BeEquivalentTo(
            "GetDashboardStreaks.cs", "GetDashboardStreaksValidator.cs", "DashboardStreaksResponse.cs", "GetDashboardStreaks.Sample.cs", "GetDashboardStreaks.Tests.cs");
        foreach (var text in files.Select(File.ReadAllText))
        {
            text.Should().Contain("namespace NeuroLab.Application.Dashboard;").And.NotMatchRegex("QueryName|AnswerName|ModuleName|module-area|key-part");
        }

        (await File.ReadAllTextAsync(files.Single(file => file.EndsWith("/GetDashboardStreaks.cs", StringComparison.Ordinal)))).Should().Contain("""CacheKey.Owned("dashboard", UserId, "streaks",""");
    }

    [Fact]
    public async Task Guide_WhenFollowedToTheLetter_EndsWithAQueryThatIsTestedAndServed()
    {
        Builds.Copy(Repository.Root, Copy);
        var before = Sources();
        var steps = Step().Split(PastedSteps.Section(await GuideAsync(), "## Five minutes"))[1..];
        steps.Should().HaveCount(9);

        foreach (var step in steps)
        {
            await FollowAsync(step);
        }

        Sources().Where(file => !before.TryGetValue(file.Key, out var text) || text != file.Value).Select(file => file.Key)
            .Should().OnlyContain(file => file == Endpoints || file.StartsWith("src/Application/Dashboard/GetDashboardStreaks/"), "one folder is made, and one line added");
        if (TestSize.IsFull)
        {
            await SeeAsync(steps[^1]);
        }
    }

    private async Task SeeAsync(string step)
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"));
        await using var service = await ServiceProcess.StartAsync(
            new Dictionary<string, string> { ["DATA_DIR"] = _folder.CreateSubdirectory("data").FullName }, Path.Combine(Copy, "src", "WebApi", "bin", "Debug", "net10.0", "NeuroLab.WebApi.dll"));
        var tour = PastedSteps.In(PastedSteps.Section(readme, "## A five-minute tour")).Take(StepsOfTheTour);
        await PastedSteps.RunAsync([.. tour, .. PastedSteps.In(step)], service.Address);
    }

    private static Task<string> GuideAsync() => File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "adding-a-cached-query.md"));

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
        foreach (var command in commands.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(command => TestSize.IsFull || !command.StartsWith("dotnet test", StringComparison.Ordinal) || command.Contains("UnitTests")))
        {
            // Templates are installed for these commands alone; the page has no part in a query.
            var printed = await Builds.RunAsync(
                Copy, "bash", ["-ec", command], ("DOTNET_CLI_HOME", _folder.CreateSubdirectory("home").FullName), ("NUGET_PACKAGES", Packages), ("SkipClientApp", "true"));
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
