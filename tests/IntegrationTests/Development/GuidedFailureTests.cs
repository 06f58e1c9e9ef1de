using System.Text.RegularExpressions;
using Microsoft.Playwright;
using NeuroLab.IntegrationTests.Browser;
using NeuroLab.IntegrationTests.Deployment;
using NeuroLab.IntegrationTests.EndToEnd;
using static Microsoft.Playwright.Assertions;

namespace NeuroLab.IntegrationTests.Development;

/// <summary>The guided failure as a newcomer has it: in a browser, with a service that was built for debugging and the page that was built beside the tests.</summary>
[Collection(BuildsCollection.Name)]
public sealed class GuidedFailureTests(DebugBuild build)
{
    private static readonly LocatorAssertionsToContainTextOptions Patiently = new() { Timeout = 45_000 };

    [Fact]
    public async Task Newcomer_WhoStopsTheDatabaseByTheSwitch_SeesThePageGoStaleAndHeal()
    {
        Builds.Copy(Path.Combine(Path.GetDirectoryName(Repository.Executable)!, "page"), Path.Combine(Path.GetDirectoryName(build.Executable)!, "page"));
        await using var service = await build.StartAsync("Development");
        using var user = await Api.RegisteredAsync(service.Address);
        await user.RunExperimentAsync();
        await using var chromium = await Chromium.LaunchAsync();
        await using var window = await BrowserWindow.OpenAsync(chromium.Browser, service.Address);
        var visitor = new Visitor(window);
        await visitor.SignInAtAsync("/", user.Email);
        await Expect(visitor.Section("Overview")).ToContainTextAsync("1 completed");
        var panel = visitor.Page.GetByRole(AriaRole.Complementary, new() { Name = "Guided failure" });
        await panel.GetByText("Try a failure").ClickAsync();
        var database = panel.GetByRole(AriaRole.Switch, new() { NameRegex = new Regex("^Database") });
        window.Expect(503);

        await database.ClickAsync();

        await Expect(database).ToHaveAttributeAsync("aria-checked", "false");
        await Expect(visitor.Section("Overview")).ToContainTextAsync(new Regex(@"Stale since [\d:]+: \w+.*\."), Patiently);
        await Expect(visitor.Section("Overview")).ToContainTextAsync("1 completed");
        await Look.AtAsync(visitor.Page, "guided-failure");

        await database.ClickAsync();

        await Expect(database).ToHaveAttributeAsync("aria-checked", "true");
        await Expect(visitor.Section("Overview")).Not.ToContainTextAsync("Stale", Patiently);
        window.Complaints.Should().BeEmpty();
    }
}
