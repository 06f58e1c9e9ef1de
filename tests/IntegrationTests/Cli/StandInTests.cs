using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace NeuroLab.IntegrationTests.Cli;

/// <summary>The real executable, asking a server that answers what a service would not easily.</summary>
[Collection(RunningServiceCollection.Name)]
public sealed class StandInTests(RunningService service) : IAsyncDisposable
{
    private readonly WebApplication _server = Create();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Explain_WhenAsked_SendsTheKeyAsItIsAndShowsWhateverIsAnswered()
    {
        const string Key = "dashboard:1:recent:a%2Fb c&limit=1?#";
        _server.MapGet("/below/a/path/api/cache/explain", (HttpContext http) => Results.Json(new
        {
            key = http.Request.Query["key"].ToString(), parameters = http.Request.Query.Count, memory = new { state = "overtaken", record = new { command = "RenameExperiment" } }, redis = new { state = "absent" },
        }));
        var url = await StartAsync();

        var table = await RunAsync("explain", Key, "--url", $"{url}/below/a/path/");
        var document = await RunAsync("explain", Key, "--url", $"{url}/below/a/path", "--json");

        (table.ExitCode, table.Errors).Should().Be((0, ""));
        table.Output.Should().Be($"key         {Key}\nparameters  1\nmemory\n  state  overtaken\n  record\n    command  RenameExperiment\nredis\n  state  absent\n");
        JsonDocument.Parse(document.Output).RootElement.GetProperty("memory").GetProperty("state").GetString().Should().Be("overtaken");
    }

    [Fact]
    public async Task Run_WhenRedirected_SendsTheKeyNowhereElse()
    {
        var asked = 0;
        _server.MapGet("/api/cache/stats", () => Results.Redirect("/elsewhere"));
        _server.MapGet("/elsewhere", () => asked++);
        var url = await StartAsync();

        var run = await RunAsync("stats", "--url", url);

        (run.ExitCode, run.Output, asked).Should().Be((3, "", 0));
    }

    [Fact]
    public async Task Run_WhenSomethingElseAnswers_ExitsWith3()
    {
        _server.MapGet("/api/cache/stats", () => Results.Content("<html>a login page</html>", "text/html"));
        var url = await StartAsync();

        var run = await RunAsync("stats", "--url", url);

        (run.ExitCode, run.Output).Should().Be((3, ""));
        run.Errors.Should().Contain("is not this service");
    }

    [Fact]
    public async Task Run_WhenNoAnswerComesInTime_ExitsWith3()
    {
        _server.MapGet("/api/cache/stats", (HttpContext http) => Task.Delay(Timeout.Infinite, http.RequestAborted));
        var url = await StartAsync();

        var run = await RunAsync("stats", "--url", url, "--timeout", "1");

        (run.ExitCode, run.Output).Should().Be((3, ""));
        run.Errors.Should().Contain("within 1 s");
    }

    [Fact]
    public async Task Health_WhenNotReady_ShowsWhyAndExitsWith1()
    {
        _server.MapGet("/health/ready", () => Results.Json(new { ready = false }, statusCode: 503));
        _server.MapGet("/api/dashboard/health", () => Results.Json(new { status = "unhealthy", checks = new { database = new { status = "unhealthy" } } }, statusCode: 503));
        var url = await StartAsync();

        var run = await RunAsync("health", "--url", url);

        (run.ExitCode, run.Output, run.Errors).Should().Be((1, "status  unhealthy\nchecks\n  database\n    status  unhealthy\n", ""));
    }

    [Fact]
    public async Task Health_WhenAKeyIsConfigured_DoesNotSendIt()
    {
        var sent = new List<string>();
        _server.MapGet("/health/live", (HttpContext http) =>
        {
            sent.AddRange(http.Request.Headers.Select(header => header.Key));
            return Results.Json(new { status = "healthy" });
        });
        var url = await StartAsync();

        (await RunAsync("health", "--live", "--url", url)).ExitCode.Should().Be(0);

        sent.Should().NotBeEmpty().And.NotContain("X-Admin-API-Key");
    }

    [Fact]
    public async Task Warm_WhenOneUserCannotBeWarmed_WarmsTheOthers()
    {
        _server.MapPost("/api/cache/warm", (Warmed body) => body.User == "second@example.org"
            ? Results.Json(new { title = "Too much to do" }, statusCode: 503)
            : Results.Json(new { user_id = body.User, stale = 0 }));
        var url = await StartAsync();

        var run = await RunAsync("warm", "first@example.org", "second@example.org", "third@example.org", "--url", url, "--json");

        run.ExitCode.Should().Be(1);
        run.Errors.Should().Be("warm second@example.org: 503 Too much to do\n");
        JsonDocument.Parse(run.Output).RootElement.EnumerateArray().Select(one => one.GetProperty("user_id").GetString()).Should().Equal("first@example.org", "third@example.org");
    }

    [Theory]
    [InlineData(200, 3, "is not this service")]
    [InlineData(403, 1, "warm second@example.org: 403")]
    public async Task Warm_WhenNobodyElseCanBeWarmed_ShowsWhatWasDoneAndSaysHowManyAreLeft(int status, int exitCode, string why)
    {
        _server.MapPost("/api/cache/warm", (Warmed body) => body.User == "first@example.org"
            ? Results.Json(new { user_id = body.User, stale = 0 })
            : Results.Content(status == 200 ? "<html>a login page</html>" : "{}", "text/html", statusCode: status));
        var url = await StartAsync();

        var run = await RunAsync("warm", "first@example.org", "second@example.org", "third@example.org", "--url", url, "--json");

        run.ExitCode.Should().Be(exitCode);
        run.Errors.Should().Contain(why).And.EndWith("warm: stopped; 1 of 3 users were not tried.\n");
        JsonDocument.Parse(run.Output).RootElement.GetArrayLength().Should().Be(1);
    }

    [Fact]
    public async Task Warm_WhenThereAreOldCopiesAlone_ExitsWith1()
    {
        _server.MapPost("/api/cache/warm", () => Results.Json(new { loaded = 0, cached = 0, stale = 4 }));
        var url = await StartAsync();

        var run = await RunAsync("warm", "first@example.org", "--url", url);

        (run.ExitCode, run.Errors).Should().Be((1, "warm first@example.org: 4 could not be loaded; old copies are all there is.\n"));
        run.Output.Should().MatchRegex(@"(?m)^stale +4$");
    }

    private static WebApplication Create()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder.Build();
    }

    /// <summary>Starts it. What is mapped later is not found.</summary>
    private async Task<string> StartAsync()
    {
        await _server.StartAsync();
        return _server.Urls.Single();
    }

    private sealed record Warmed(string User);

    private Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) => service.RunWithAsync([("Authentication__AdminApiKey", RunningService.AdminKey)], arguments);
}
