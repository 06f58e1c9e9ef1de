using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;
using NeuroLab.IntegrationTests.EndToEnd;
using static Microsoft.Playwright.Assertions;

namespace NeuroLab.IntegrationTests.Browser;

/// <summary>Who is signed in, and what that shows.</summary>
public sealed class SessionTests(BrowserServers servers) : BrowserTest(servers)
{
    [Fact]
    public async Task Users_WhoAreTwo_SeeNothingOfEachOther()
    {
        var (ada, bob) = (new Visitor(await OpenAsync()), new Visitor(await OpenAsync()));
        await ada.SignUpAsync($"ada-{Guid.NewGuid():N}@example.org", "Ada");
        await bob.SignUpAsync($"bob-{Guid.NewGuid():N}@example.org", "Bob");
        await ada.RunAsync("Memory", "Of Ada alone");
        var hers = new Uri(ada.Page.Url).AbsolutePath;

        await Expect(bob.Section("Overview")).ToContainTextAsync("0 completed");
        await bob.Button("Refresh").ClickAsync();
        await Expect(bob.Page.GetByText("Run your first experiment")).ToBeVisibleAsync();
        await Expect(bob.Section("Overview")).ToContainTextAsync("0 completed");
        bob.Window.Expect(404);
        await bob.Page.GotoAsync(hers);

        await Expect(bob.Page.GetByText("There is no such experiment")).ToBeVisibleAsync();
        await Expect(bob.Page.GetByText("Of Ada alone")).ToHaveCountAsync(0);
        await ada.ToDashboardAsync();
        await Expect(ada.Section("Recent experiments").GetByRole(AriaRole.Link, new() { Name = "Of Ada alone" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Visitor_WhenHisTokenIsNoLongerGood_SignsInAndIsWhereHeWas()
    {
        using var user = await Api.RegisteredAsync(Servers.Address);
        var id = (await user.RunExperimentAsync()).Body.GetProperty("experiment").GetProperty("id").GetString();
        var visitor = new Visitor(await OpenAsync());
        await visitor.SignInAtAsync($"/experiments/{id}", user.Email);
        await Expect(visitor.Heading("An experiment")).ToBeVisibleAsync();

        // The access token's hour is over, and its refresh token is worth nothing any more.
        (await user.PostAsync("/api/auth/logout", new { })).Status.Should().Be(System.Net.HttpStatusCode.NoContent);
        await visitor.Page.EvaluateAsync("""
            () => {
              const key = 'neurolab.session'
              localStorage.setItem(key, JSON.stringify({ ...JSON.parse(localStorage.getItem(key)), endsAt: Date.now() - 1 }))
            }
            """);
        visitor.Window.Expect(401);
        await visitor.Page.ReloadAsync();

        await Expect(visitor.Heading("Sign in")).ToBeVisibleAsync();
        await Expect(visitor.Page.GetByText("Your session has ended.")).ToBeVisibleAsync();
        await visitor.SignInAsync(user.Email);
        await Expect(visitor.Heading("An experiment")).ToBeVisibleAsync();
        new Uri(visitor.Page.Url).AbsolutePath.Should().Be($"/experiments/{id}");
    }

    [Fact]
    public async Task Visitor_WhoseTokenEndsWhileItCanBeRenewed_NoticesNothing()
    {
        using var user = await Api.RegisteredAsync(Servers.Address);
        var visitor = new Visitor(await OpenAsync());
        await visitor.SignInAtAsync("/", user.Email);
        await Expect(visitor.Heading("Dashboard")).ToBeVisibleAsync();
        var before = await TokensAsync(visitor.Page);

        await visitor.Page.EvaluateAsync("""
            () => {
              const key = 'neurolab.session'
              localStorage.setItem(key, JSON.stringify({ ...JSON.parse(localStorage.getItem(key)), endsAt: Date.now() - 1 }))
            }
            """);
        await visitor.Page.ReloadAsync();

        await Expect(visitor.Section("Overview")).ToContainTextAsync("0 completed");
        (await TokensAsync(visitor.Page)).GetProperty("refresh").GetString().Should().NotBe(before.GetProperty("refresh").GetString());
    }

    [Fact]
    public async Task Visitor_OfAServiceThatIsNotForDevelopment_IsNotOfferedAFailure()
    {
        using var user = await Api.RegisteredAsync(Servers.Address);
        var visitor = new Visitor(await OpenAsync());
        var asked = new ConcurrentQueue<string>();
        visitor.Page.Request += (_, request) => asked.Enqueue(new Uri(request.Url).AbsolutePath);

        await visitor.SignInAtAsync("/", user.Email);
        await Expect(visitor.Section("Overview")).ToContainTextAsync("0 completed");
        await visitor.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);

        await Expect(visitor.Page.GetByRole(AriaRole.Complementary)).ToHaveCountAsync(0);
        asked.Should().Contain("/api/dashboard/summary").And.NotContain(path => path.StartsWith("/api/development"));
    }

    private static async Task<JsonElement> TokensAsync(IPage page) =>
        JsonDocument.Parse(await page.EvaluateAsync<string>("() => localStorage.getItem('neurolab.session')")).RootElement;
}
