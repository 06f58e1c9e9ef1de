using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using NeuroLab.IntegrationTests.EndToEnd;
using static Microsoft.Playwright.Assertions;

namespace NeuroLab.IntegrationTests.Browser;

/// <summary>What a researcher does: signs up, runs experiments, looks at what they show.</summary>
public sealed class JourneyTests(BrowserServers servers) : BrowserTest(servers)
{
    private static readonly (string Type, string Chart)[] Types =
    [
        ("Heart rate", "Heart rate over time."),
        ("Reaction time", "Reaction time by trial."),
        ("Memory", "Response time by item, recalled or not."),
        ("EEG", "Relative power of the frequency bands over time."),
    ];

    [Fact]
    public async Task Researcher_WhoIsNew_RunsEachTypeAndSeesTheChartsFollow()
    {
        var visitor = new Visitor(await OpenAsync());
        await visitor.SignUpAsync($"ada-{Guid.NewGuid():N}@example.org", "Ada");
        await Expect(visitor.Page.GetByText("Run your first experiment")).ToBeVisibleAsync();

        foreach (var (type, chart) in Types)
        {
            await visitor.RunAsync(type, $"My {type}");
            await Expect(visitor.Chart(chart)).ToBeVisibleAsync();
            await Visitor.DrawnAsync(visitor.Chart(chart));
            await Expect(visitor.Section("Metrics")).ToContainTextAsync(new Regex(@"\d"));
            await visitor.ToDashboardAsync();
        }

        await ExpectCountAsync(visitor, 4, "25%");
        await Expect(visitor.Section("Overview")).ToContainTextAsync("4 of 4");
        await Expect(visitor.Section("Insights").GetByRole(AriaRole.Listitem).First).ToBeVisibleAsync();
        foreach (var (type, _) in Types)
        {
            await visitor.Section("Trends").GetByRole(AriaRole.Tab, new() { Name = type }).ClickAsync();
            await Visitor.DrawnAsync(visitor.Chart(type).First);
        }

        await visitor.Section("Recent experiments").GetByRole(AriaRole.Link, new() { Name = "My EEG" }).ClickAsync();
        await visitor.Button("Delete").ClickAsync();
        var asked = new ConcurrentQueue<string>();
        visitor.Page.Request += (_, request) => asked.Enqueue($"{request.Method} {new Uri(request.Url).AbsolutePath}");
        var path = "/api" + new Uri(visitor.Page.Url).AbsolutePath;
        await visitor.Dialog.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();

        await Expect(visitor.Heading("Dashboard")).ToBeVisibleAsync();
        await ExpectCountAsync(visitor, 3, "33.3%");
        asked.Should().Contain($"DELETE {path}").And.NotContain($"GET {path}", "what is deleted is not asked for");
        await Expect(visitor.Section("Overview")).ToContainTextAsync("3 of 4");
        await Expect(visitor.Section("Trends").GetByRole(AriaRole.Tab, new() { Name = "EEG" })).ToHaveCountAsync(0);
        await Expect(visitor.Section("Recent experiments").GetByRole(AriaRole.Link, new() { Name = "My EEG" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Parameters_WhenOutOfBounds_AreToldBeforeAndRefusedWithoutAsking()
    {
        var visitor = new Visitor(await OpenAsync());
        await visitor.SignUpAsync($"bob-{Guid.NewGuid():N}@example.org", "Bob");
        var sent = new ConcurrentQueue<string>();
        visitor.Page.Request += (_, request) => sent.Enqueue($"{request.Method} {new Uri(request.Url).AbsolutePath}");

        var dialog = await visitor.OpenRunAsync("Heart rate", "Too long");
        var duration = dialog.GetByLabel("Duration (min)");
        await Expect(duration).ToHaveAccessibleDescriptionAsync("1 to 60 min.");
        await duration.FillAsync("61");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Run experiment" }).ClickAsync();

        await Expect(duration).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(duration).ToHaveAccessibleDescriptionAsync("1 to 60 min. A whole number from 1 to 60.");
        await Expect(duration).ToBeFocusedAsync();
        sent.Should().NotContain("POST /api/experiments");
    }

    [Fact]
    public async Task Researcher_WithAKeyboardAlone_RunsAnExperiment()
    {
        using var user = await Api.RegisteredAsync(Servers.Address);
        var visitor = new Visitor(await OpenAsync());
        await visitor.Page.GotoAsync("/");
        var keys = visitor.Page.Keyboard;

        await Expect(visitor.Heading("Sign in")).ToBeVisibleAsync();
        await keys.PressAsync("Tab");
        await Expect(visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Skip to the content" })).ToBeFocusedAsync();
        await keys.PressAsync("Enter");
        await keys.PressAsync("Tab");
        await keys.TypeAsync(user.Email);
        await keys.PressAsync("Tab");
        await keys.TypeAsync(Api.Password);
        await keys.PressAsync("Enter");
        await Expect(visitor.Heading("Dashboard")).ToBeVisibleAsync();
        await Expect(visitor.Content).ToBeFocusedAsync();
        await visitor.Button("Run experiment").FocusAsync();
        await keys.PressAsync("Enter");
        await Expect(visitor.Dialog).ToBeVisibleAsync();
        await visitor.Dialog.GetByLabel("Name").FocusAsync();
        await keys.TypeAsync("By hand");
        await keys.PressAsync("Enter");

        await Expect(visitor.Heading("By hand")).ToBeVisibleAsync();
        await Expect(visitor.Content).ToBeFocusedAsync();
        await visitor.Button("Rename").FocusAsync();
        await keys.PressAsync("Enter");
        await Expect(visitor.Dialog).ToBeVisibleAsync();
        await keys.PressAsync("Escape");
        await Expect(visitor.Dialog).ToHaveCountAsync(0);
        await Expect(visitor.Button("Rename")).ToBeFocusedAsync();
    }

    private static async Task ExpectCountAsync(Visitor visitor, int count, string share)
    {
        await Expect(visitor.Section("Overview")).ToContainTextAsync($"{count} completed");
        await Expect(visitor.Chart("Experiments per day")).ToHaveAccessibleNameAsync(new Regex($"to {count}\\.$"));
        await Visitor.DrawnAsync(visitor.Chart("Experiments per day"));
        await Expect(visitor.Section("Share by type").GetByText(share)).ToHaveCountAsync(count);
        await Expect(visitor.Section("Recent experiments").GetByRole(AriaRole.Row)).ToHaveCountAsync(count + 1);
    }
}
