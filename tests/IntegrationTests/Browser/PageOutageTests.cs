using System.Text.RegularExpressions;
using Microsoft.Playwright;
using NeuroLab.IntegrationTests.EndToEnd;
using static Microsoft.Playwright.Assertions;

namespace NeuroLab.IntegrationTests.Browser;

/// <summary>What the page shows while PostgreSQL is really stopped, and after.</summary>
public sealed class PageOutageTests(BrowserServers servers) : BrowserTest(servers)
{
    private static readonly string[] Sections = ["Overview", "Activity", "Share by type", "Trends", "Recent experiments", "Insights"];

    /// <summary>The page looks again every 15 s, and the service asks the database once a second whether it is back.</summary>
    private static readonly LocatorAssertionsToContainTextOptions Patiently = new() { Timeout = 45_000 };

    private bool _isStopped;

    public override async Task DisposeAsync()
    {
        if (_isStopped)
        {
            await Servers.StartDatabaseAsync();
        }

        await base.DisposeAsync();
    }

    [Fact]
    public async Task Dashboard_WhileTheDatabaseIsStopped_IsStaleAndSaysSoAndHeals()
    {
        using var user = await Api.RegisteredAsync(Servers.Address);
        await user.RunExperimentAsync();
        var visitor = new Visitor(await OpenAsync());
        await visitor.SignInAtAsync("/", user.Email);
        await Expect(visitor.Section("Overview")).ToContainTextAsync("1 completed");
        visitor.Window.Expect(503);

        await Servers.Servers.Postgres.StopAsync();
        _isStopped = true;
        await visitor.Button("Refresh").ClickAsync();

        foreach (var section in Sections)
        {
            await Expect(visitor.Section(section)).ToContainTextAsync("Stale since", Patiently);
        }

        await Expect(visitor.Section("Overview")).ToContainTextAsync("1 completed");
        await Expect(visitor.Section("Overview")).ToContainTextAsync(new Regex("Stale since .*: the database"));
        await Expect(visitor.Chart("Experiments per day")).ToBeVisibleAsync();
        await Look.AtAsync(visitor.Page, "dashboard-stale");
        var dialog = await visitor.OpenRunAsync("Memory", "Not now");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Run experiment" }).ClickAsync();
        await Expect(dialog.GetByRole(AriaRole.Alert)).Not.ToBeEmptyAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();

        await Servers.StartDatabaseAsync();
        _isStopped = false;

        // Nobody presses anything.
        foreach (var section in Sections)
        {
            await Expect(visitor.Section(section)).Not.ToContainTextAsync("Stale", Patiently);
        }

        await Expect(visitor.Section("Overview")).ToContainTextAsync("1 completed");
        await visitor.RunAsync("Memory", "Again");
        await visitor.ToDashboardAsync();
        await Expect(visitor.Section("Overview")).ToContainTextAsync("2 completed");
    }
}
