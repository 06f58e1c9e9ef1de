using System.Net;
using System.Text.Json;
using NeuroLab.IntegrationTests.EndToEnd;
using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.Cli;

/// <summary>The real executable, asking a real service.</summary>
[Collection(RunningServiceCollection.Name)]
public sealed class RemoteVerbTests(RunningService service)
{
    [Fact]
    public async Task Health_WhenTheServiceRuns_SaysSoWithoutAKey()
    {
        var url = service.Address.ToString();

        var ready = await service.RunWithAsync([], "health", "--url", url);
        var live = await service.RunWithAsync([("ASPNETCORE_URLS", $"http://+:{service.Address.Port}")], "health", "--live", "--json");

        (ready.ExitCode, ready.Errors).Should().Be((0, ""));
        ready.Output.Should().MatchRegex(@"(?m)^status +healthy$").And.Contain("checks");
        (live.ExitCode, live.Errors).Should().Be((0, ""));
        JsonDocument.Parse(live.Output).RootElement.GetProperty("status").GetString().Should().Be("healthy");
    }

    [Fact]
    public async Task Health_WhenNothingAnswers_ExitsWith3()
    {
        var (exitCode, output, errors) = await service.RunWithAsync([], "health", "--url", $"http://127.0.0.1:{Ports.Free()}", "--json");

        (exitCode, output).Should().Be((3, ""));
        errors.Should().Contain("Nothing answers at http://127.0.0.1").And.NotContain("   at ");
    }

    [Fact]
    public async Task Stats_WhenAsked_AreATableOrADocument()
    {
        var table = await service.RunAsync("stats");
        var document = await service.RunAsync("stats", "--json");

        (table.ExitCode, table.Errors).Should().Be((0, ""));
        table.Output.Should().MatchRegex(@"(?m)^memory_cache\n  total_entries +\d+$").And.MatchRegex(@"(?m)^  default_ttl +300$");
        JsonDocument.Parse(document.Output).RootElement.GetProperty("memory_cache").GetProperty("max_size").GetInt32().Should().Be(1000);
    }

    [Fact]
    public async Task Stats_WithoutTheKeyOrWithAWrongOne_AreRefusedAndItSaysHowToGiveIt()
    {
        var url = service.Address.ToString();
        var file = Path.Combine(service.Folder, "key");
        await File.WriteAllTextAsync(file, RunningService.AdminKey + "\n");

        var without = await service.RunWithAsync([], "stats", "--url", url, "--json");
        var wrong = await service.RunWithAsync([("Authentication__AdminApiKey", "not-the-key-0123456789")], "stats", "--url", url);
        var right = await service.RunWithAsync([], "stats", "--url", url, "--key-file", file);

        (without.ExitCode, without.Output).Should().Be((1, ""));
        without.Errors.Should().StartWith("stats: 401 ").And.Contain("--key-file");
        (wrong.ExitCode, wrong.Output).Should().Be((1, ""));
        wrong.Errors.Should().Contain("not this service's").And.NotContain("not-the-key");
        right.ExitCode.Should().Be(0, right.Errors);
    }

    [Fact]
    public async Task Warm_WhenAUserIsNamed_LoadsWhatTheyAskFirst()
    {
        using var user = await Api.RegisteredAsync(service.Address);
        await user.RunExperimentAsync();
        var id = (await user.GetAsync("/api/auth/me")).Member("id").GetString()!;

        var first = await service.RunAsync("warm", user.Email, "--json");
        var again = await service.RunAsync("warm", id);

        (first.ExitCode, first.Errors).Should().Be((0, ""));
        var warmed = JsonDocument.Parse(first.Output).RootElement.EnumerateArray().Should().ContainSingle().Subject;
        warmed.GetProperty("user_id").GetString().Should().Be(id);
        warmed.GetProperty("queries").EnumerateArray().Select(query => query.GetProperty("query").GetString())
            .Should().Contain(["GetDashboardCharts", "GetDashboardRecent", "GetDashboardSummary", "ListExperiments"]);
        var all = warmed.GetProperty("queries").GetArrayLength();
        warmed.GetProperty("queries").EnumerateArray().Should().OnlyContain(query => query.GetProperty("source").GetString() == "origin" && !query.GetProperty("partial").GetBoolean());
        (warmed.GetProperty("loaded").GetInt32(), warmed.GetProperty("cached").GetInt32()).Should().Be((all, 0));
        foreach (var path in (string[])["/api/dashboard/summary", "/api/dashboard/charts", "/api/dashboard/recent", "/api/experiments"])
        {
            (await user.GetAsync(path)).Source.Should().Be("memory", "{0} is what was warmed", path);
        }

        again.ExitCode.Should().Be(0, again.Errors);
        again.Output.Should().MatchRegex($"(?m)^cached +{all}$").And.MatchRegex(@"(?m)^  QUERY +SOURCE +PARTIAL +MILLISECONDS$").And.MatchRegex(@"(?m)^  ListExperiments +memory +no ");
    }

    [Fact]
    public async Task Warm_WhenOneOfSeveralDoesNotExist_WarmsTheOthersAndExitsWith1()
    {
        using var user = await Api.RegisteredAsync(service.Address);

        var (exitCode, output, errors) = await service.RunAsync("warm", "nobody@example.org", user.Email, "--json");

        exitCode.Should().Be(1);
        errors.Should().StartWith("warm nobody@example.org: 404 There is no such account.");
        JsonDocument.Parse(output).RootElement.GetArrayLength().Should().Be(1);
    }

    [Fact]
    public async Task Warm_WhenDone_IsInTheAuditLogWithoutTheAddress()
    {
        using var user = await Api.RegisteredAsync(service.Address);
        using var admin = Api.Administrator(service.Address, RunningService.AdminKey);
        var id = (await user.GetAsync("/api/auth/me")).Member("id").GetString()!;
        (await user.PostAsync("/api/cache/warm", new { user = user.Email })).Status.Should().Be(HttpStatusCode.Forbidden);

        (await service.RunAsync("warm", user.Email)).ExitCode.Should().Be(0);

        var audit = await admin.GetAsync("/api/admin/audit");
        audit.Text.Should().NotContain(user.Email);
        var entry = audit.Member("entries").EnumerateArray().Single(one => one.GetProperty("target").GetString() == id);
        (entry.GetProperty("action").GetString(), entry.GetProperty("actor").GetString()).Should().Be(("cache_warm", "api-key"));
    }

    [Fact]
    public async Task EntriesAndClear_WhenAPatternIsGiven_ListAndPurgeWhatMatches()
    {
        using var user = await Api.RegisteredAsync(service.Address);
        var pattern = $"*{(await user.GetAsync("/api/auth/me")).Member("id").GetString()}*";
        await user.SummaryAsync();
        await user.GetAsync("/api/dashboard/recent");

        var listed = await service.RunAsync("entries", pattern, "--limit", "1", "--json");
        var table = await service.RunAsync("entries", pattern);
        var cleared = await service.RunAsync("clear", pattern);
        var after = await service.RunAsync("entries", pattern, "--json");

        JsonDocument.Parse(listed.Output).RootElement.GetProperty("count").GetInt32().Should().Be(1);
        table.Output.Should().MatchRegex(@"(?m)^  KEY +TIER +AGE").And.MatchRegex(@"(?m)^  dashboard:\S+:summary +memory ");
        (cleared.ExitCode, cleared.Errors).Should().Be((0, ""));
        JsonDocument.Parse(after.Output).RootElement.GetProperty("count").GetInt32().Should().Be(0);
    }

    [Fact]
    public async Task Clear_WhenThePatternIsNone_SaysWhatWouldBeRight()
    {
        var (exitCode, output, errors) = await service.RunAsync("clear", "", "--json");

        (exitCode, output).Should().Be((1, ""));
        errors.Should().StartWith("clear: 400 ").And.Contain("pattern: Must be a pattern");
    }

    [Fact]
    public async Task Run_WhenNotUnderstood_SaysWhatIsExpectedAndExitsWith2()
    {
        var (exitCode, output, errors) = await service.RunAsync("stats", "--key", "the-key-on-the-command-line");

        (exitCode, output).Should().Be((2, ""));
        errors.Should().StartWith("stats: ").And.Contain("health [--live]").And.NotContain("the-key-on-the-command-line");
    }

    [Fact]
    public async Task Stats_WhenTheKeyCannotBeOne_AreNotAskedForAndItSaysWhichIsWrong()
    {
        var url = service.Address.ToString();
        var file = Path.Combine(service.Folder, "two-lines");
        await File.WriteAllTextAsync(file, $"{RunningService.AdminKey}\n{RunningService.AdminKey}\n");

        var fromFile = await service.RunWithAsync([], "stats", "--url", url, "--key-file", file);
        var configured = await service.RunWithAsync([("Authentication__AdminApiKey", "a-key-with-\u00e4-0123456789")], "stats", "--url", url);
        var elsewhere = await service.RunWithAsync([("ASPNETCORE_URLS", "nonsense"), ("Authentication__AdminApiKey", RunningService.AdminKey)], "stats");

        (fromFile.ExitCode, fromFile.Output).Should().Be((1, ""));
        fromFile.Errors.Should().StartWith("The key in the file of --key-file is too short, or has other characters;").And.NotContain(RunningService.AdminKey);
        (configured.ExitCode, configured.Output).Should().Be((1, ""));
        configured.Errors.Should().StartWith("Authentication__AdminApiKey is too short, or has other characters;").And.NotContain("0123456789");
        (elsewhere.ExitCode, elsewhere.Output).Should().Be((1, ""));
        elsewhere.Errors.Should().StartWith("ASPNETCORE_URLS has an address that cannot be read;");
    }

    /// <summary>It reads its settings as the service does, from all of its sources.</summary>
    [Fact]
    public async Task Health_WhenTheAddressIsInAnotherSourceOfTheHost_FindsIt()
    {
        var run = await service.RunWithAsync([("DOTNET_URLS", service.Address.ToString())], "health", "--live");

        (run.ExitCode, run.Errors).Should().Be((0, ""));
    }

    [Fact]
    public async Task Help_OfAVerb_IsTheUsage()
    {
        var (exitCode, output, errors) = await service.RunAsync("warm", "--help");

        (exitCode, errors).Should().Be((0, ""));
        output.Should().Contain("warm USER ...").And.Contain("Exit codes: 0 done, 1 failed or refused, 2 not understood, 3 nothing answers.");
    }
}
