using System.Diagnostics;
using FluentAssertions.Execution;
using Microsoft.Playwright;
using NeuroLab.IntegrationTests.EndToEnd;
using static Microsoft.Playwright.Assertions;

namespace NeuroLab.IntegrationTests.Browser;

/// <summary>Every main state of the page, on a desk and on a telephone, in light and in dark: see <see cref="Look"/>.</summary>
public sealed class StateTests(BrowserServers servers) : BrowserTest(servers)
{
    public static TheoryData<ColorScheme, int> Ways => new() { { ColorScheme.Light, 1440 }, { ColorScheme.Dark, 360 } };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Entrance_HoweverItIsShown_IsForEveryone(ColorScheme scheme, int width)
    {
        // Whatever is wrong with one state, the others are looked at too.
        using var all = new AssertionScope();
        using var newcomer = await Api.RegisteredAsync(Servers.Address);
        var visitor = new Visitor(await OpenAsync(width: width, scheme: scheme));
        var page = visitor.Page;
        visitor.Window.Expect(401);

        await page.GotoAsync("/");
        await Expect(visitor.Heading("Sign in")).ToBeVisibleAsync();
        await Look.AtAsync(page, "sign-in");

        await visitor.Button("Sign in").ClickAsync();
        await Expect(page.GetByText("Enter your password.")).ToBeVisibleAsync();
        await page.GetByLabel("E-mail").FillAsync(newcomer.Email);
        await page.GetByLabel("Password").FillAsync("mistaken");
        await visitor.Button("Sign in").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).Not.ToBeEmptyAsync();
        await Look.AtAsync(page, "sign-in-refused", isMain: false);

        await page.GetByRole(AriaRole.Link, new() { Name = "Sign up" }).ClickAsync();
        await visitor.Button("Sign up").ClickAsync();
        await Expect(page.GetByText("Enter a name.")).ToBeVisibleAsync();
        await Look.AtAsync(page, "sign-up");

        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in" }).ClickAsync();
        await visitor.SignInAsync(newcomer.Email);
        await Expect(page.GetByText("Run your first experiment")).ToBeVisibleAsync();
        await Look.AtAsync(page, "dashboard-empty");

        await visitor.Button("user").ClickAsync();
        await Expect(visitor.Button("Sign out")).ToBeVisibleAsync();
        await Look.AtAsync(page, "account", isMain: false);
        await visitor.Button("Sign out").ClickAsync();
        await Expect(visitor.Heading("Sign in")).ToBeVisibleAsync();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Dashboard_HoweverItIsShown_IsForEveryone(ColorScheme scheme, int width)
    {
        // Whatever is wrong with one state, the others are looked at too.
        using var all = new AssertionScope();
        var visitor = new Visitor(await OpenAsync(width: width, scheme: scheme));
        var page = visitor.Page;
        await visitor.SignInAtAsync("/", Servers.Admin.Email, Servers.Admin.Password);
        await Expect(visitor.Section("Insights").GetByRole(AriaRole.Listitem).First).ToBeVisibleAsync();
        await Visitor.DrawnAsync(visitor.Chart("Experiments per day"));
        await Visitor.DrawnAsync(visitor.Chart("Heart rate: Mean"));
        await Look.AtAsync(page, "dashboard");

        await page.GetByRole(AriaRole.Button, new() { Name = "Table: Experiments per day" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Experiments per day" })).ToBeVisibleAsync();
        await Look.AtAsync(page, "dashboard-table", isMain: false);

        var dialog = await visitor.OpenRunAsync("EEG", "A long one");
        await Look.AtAsync(page, "run");
        await dialog.GetByLabel("Sampling rate (Hz)").FillAsync("1");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Run experiment" }).ClickAsync();
        await Expect(dialog.GetByText("A whole number from 128 to 1024.")).ToBeVisibleAsync();
        await Look.AtAsync(page, "run-refused", isMain: false);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);

        foreach (var (type, chart) in (await Servers.ExperimentsAsync()).Zip(Charts, (id, chart) => (id, chart)))
        {
            await page.GotoAsync($"/experiments/{type}");
            await Visitor.DrawnAsync(visitor.Chart(chart.Beginning));
            await Look.AtAsync(page, $"experiment-{chart.Name}");
        }

        await visitor.Button("Delete").ClickAsync();
        await Expect(visitor.Dialog).ToBeVisibleAsync();
        await Look.AtAsync(page, "delete", isMain: false);

        visitor.Window.Expect(404);
        await page.GotoAsync($"/experiments/{Guid.NewGuid()}");
        await Expect(page.GetByText("There is no such experiment")).ToBeVisibleAsync();
        await Look.AtAsync(page, "experiment-unknown", isMain: false);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Observatory_HoweverItIsShown_IsForEveryone(ColorScheme scheme, int width)
    {
        // Whatever is wrong with one state, the others are looked at too.
        using var all = new AssertionScope();
        using var writer = await Api.RegisteredAsync(Servers.Address);
        var visitor = new Visitor(await OpenAsync(width: width, scheme: scheme));
        var page = visitor.Page;
        await visitor.SignInAtAsync("/observatory", Servers.Admin.Email, Servers.Admin.Password);
        await Expect(page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();
        await writer.RunExperimentAsync();
        await BusyAsync(writer, page);
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Invalidations", Exact = true }).GetByRole(AriaRole.Row).Nth(1)).ToBeVisibleAsync();
        await visitor.Button("List").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Table, new() { Name = "Entries that match *" })).ToBeVisibleAsync();
        await Look.AtAsync(page, "observatory");

        await page.GetByRole(AriaRole.Table, new() { Name = "Entries that match *" }).GetByRole(AriaRole.Button, new() { Name = "Explain" }).First.ClickAsync();
        await Expect(visitor.Dialog.GetByRole(AriaRole.Heading, new() { Name = "The next read" })).ToBeVisibleAsync();
        await Look.AtAsync(page, "explain");
        await visitor.Dialog.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();

        await visitor.Button("Clear by pattern…").ClickAsync();
        await Expect(visitor.Dialog.GetByRole(AriaRole.Region, new() { Name = "Entries that match" })).ToBeVisibleAsync();
        await Look.AtAsync(page, "clear");
    }

    /// <summary>Reads and writes until the page shows that somebody does; for a picture, until its lines have a length.</summary>
    private static async Task BusyAsync(Api somebody, IPage page)
    {
        var (ratio, started, reads) = (page.Locator("[data-test=hit-ratio]"), Stopwatch.GetTimestamp(), 0);
        await Until.AsWantedAsync(ReadAsync, shown => shown != "–" && (!Look.IsPhotographed || Stopwatch.GetElapsedTime(started) > TimeSpan.FromMinutes(1)), TimeSpan.FromMinutes(2));

        async Task<string?> ReadAsync()
        {
            await somebody.GetAsync(reads % 2 == 0 ? "/api/dashboard/summary" : "/api/dashboard/charts");
            if (++reads % 50 == 0)
            {
                await somebody.RunExperimentAsync();
            }

            return await ratio.TextContentAsync();
        }
    }

    private static readonly (string Name, string Beginning)[] Charts =
    [
        ("heart-rate", "Heart rate over time."), ("reaction-time", "Reaction time by trial."),
        ("memory", "Response time by item, recalled or not."), ("eeg", "Relative power of the frequency bands over time."),
    ];
}
