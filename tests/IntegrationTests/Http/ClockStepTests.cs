using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace NeuroLab.IntegrationTests.Http;

/// <summary>A node whose wall clock is stepped while it runs: what it answers, and for how long it takes things for true, does not change.</summary>
public sealed class ClockStepTests : IAsyncLifetime
{
    private static readonly string[] Reads =
    [
        "/api/dashboard/summary", "/api/dashboard/charts?period=7d", "/api/dashboard/charts?period=all", "/api/dashboard/recent", "/api/experiments",
        "/api/auth/me", "/health/ready", "/api/dashboard/health", "/api/cache/health",
    ];

    private readonly SteppedClock _clock = new();
    private readonly ServersApi _api;

    public ClockStepTests() =>
        _api = new ServersApi { Clock = _clock, More = new Dictionary<string, string> { ["CACHE_DEFAULT_TTL"] = "3", ["Cache:EagerRefresh"] = "1", ["RATE_LIMIT_PER_MINUTE"] = "200" } };

    public Task InitializeAsync() => _api.InitializeAsync();

    public Task DisposeAsync() => _api.DisposeAsync();

    [Theory]
    [InlineData(-60)]
    [InlineData(50)]
    public async Task Requests_WhenTheClockIsStepped_AreAnsweredAsBefore(int minutes)
    {
        var user = await _api.NewUserAsync();
        await user.RunAsync();
        await ShouldReadAsync(user, total: 1);

        _clock.Step(TimeSpan.FromMinutes(minutes));

        await ShouldReadAsync(user, total: 1);
        var experiment = (await user.RunAsync()).Text("id");
        await ShouldReadAsync(user, total: 2);
        (await user.Client.PatchAsJsonAsync($"/api/experiments/{experiment}", new { name = "Another name" })).StatusCode.Should().Be(HttpStatusCode.OK);
        (await user.GetAsync($"/api/experiments/{experiment}")).GetProperty("experiment").Text("name").Should().Be("Another name");
        (await user.Client.DeleteAsync($"/api/experiments/{experiment}")).StatusCode.Should().Be(HttpStatusCode.NoContent);
        await ShouldReadAsync(user, total: 1);
        var later = await _api.NewUserAsync();
        await ShouldReadAsync(later, total: 0);

        // And back again, by whatever keeps the clock right.
        _clock.Step(TimeSpan.FromMinutes(-minutes));
        await ShouldReadAsync(user, total: 1);
    }

    [Fact]
    public async Task Session_WhenTheClockIsSteppedBeyondItsToken_IsRenewedByTheRefreshToken()
    {
        var user = await _api.NewUserAsync();

        _clock.Step(TimeSpan.FromMinutes(61));

        using var refreshed = await _api.Anonymous.PostAsJsonAsync("/api/auth/refresh", new { refresh_token = user.RefreshToken });
        refreshed.StatusCode.Should().Be(HttpStatusCode.OK);
        var session = await refreshed.Content.ReadFromJsonAsync<JsonElement>();
        user.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", session.Text("access_token"));
        await ShouldReadAsync(user, total: 0);
    }

    [Theory]
    [InlineData(-50)]
    [InlineData(50)]
    public async Task Entries_WhenTheClockIsStepped_ExpireByTheTimeThatPasses(int minutes)
    {
        var user = await _api.NewUserAsync();
        // Back to when the user signed in, at the earliest.
        _clock.Step(TimeSpan.FromMinutes(minutes < 0 ? -minutes : 0));
        await user.GetAsync("/api/dashboard/summary");
        var loaded = Stopwatch.GetTimestamp();

        _clock.Step(TimeSpan.FromMinutes(minutes));

        var hit = await user.GetAsync("/api/dashboard/summary");
        if (Stopwatch.GetElapsedTime(loaded) < TimeSpan.FromSeconds(2.5))
        {
            hit.Source().Should().Be("memory", "a step is no time that passes");
        }

        JsonElement answer;
        do
        {
            var age = Stopwatch.GetElapsedTime(loaded);
            answer = await user.GetAsync("/api/dashboard/summary");
            (answer.Source() == "origin" || age < TimeSpan.FromSeconds(4)).Should().BeTrue("it is fresh for 3 s, whatever the clock says");
            await Task.Delay(250);
        }
        while (answer.Source() != "origin");
    }

    [Fact]
    public async Task Limits_WhenTheClockIsSteppedBack_EndInTheirMinute()
    {
        var user = await _api.NewUserAsync();
        for (var i = 0; i < 10; i++)
        {
            (await FailAsync(user)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        }

        _clock.Step(TimeSpan.FromHours(-1));

        var throttled = await FailAsync(user);
        throttled.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
        throttled.Headers.RetryAfter!.Delta.Should().BeGreaterThan(TimeSpan.Zero).And.BeLessThanOrEqualTo(TimeSpan.FromMinutes(1));

        // A minute passes, which the wall clock, being stepped back again, does not show.
        _clock.Pass(TimeSpan.FromMinutes(1.1));
        _clock.Step(TimeSpan.FromMinutes(-1.1));
        (await FailAsync(user)).StatusCode.Should().Be(HttpStatusCode.Unauthorized);

        HttpResponseMessage limited;
        do
        {
            limited = await _api.Anonymous.GetAsync("/openapi/v1.json");
        }
        while (limited.StatusCode == HttpStatusCode.OK);

        limited.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
        limited.Headers.RetryAfter!.Delta.Should().BeGreaterThan(TimeSpan.Zero).And.BeLessThanOrEqualTo(TimeSpan.FromMinutes(1));
    }

    private async Task ShouldReadAsync(ApiUser user, int total)
    {
        foreach (var path in Reads)
        {
            using var answer = await user.Client.GetAsync(path);
            answer.StatusCode.Should().Be(HttpStatusCode.OK, path);
            if (answer.Headers.Age is { } age)
            {
                age.Should().BeGreaterThanOrEqualTo(TimeSpan.Zero);
                answer.Headers.GetValues("Age").Single().Should().MatchRegex("^[0-9]+$");
            }

            var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
            if (body.TryGetProperty("cache_info", out var info))
            {
                info.GetProperty("age_seconds").GetDouble().Should().BeGreaterThanOrEqualTo(0);
                info.GetProperty("ttl_seconds").GetDouble().Should().BeGreaterThanOrEqualTo(0);
                body.Flag("_stale_data").Should().BeFalse(path);
                body.Flag("partial_failure").Should().BeFalse(path);
            }

            if (path.EndsWith("summary", StringComparison.Ordinal))
            {
                body.GetProperty("total_experiments").GetInt32().Should().Be(total);
            }
        }
    }

    private Task<HttpResponseMessage> FailAsync(ApiUser user) =>
        _api.Anonymous.PostAsJsonAsync("/api/auth/login", new { email = user.Email, password = string.Create(CultureInfo.InvariantCulture, $"not {ApiUser.Password}") });
}
