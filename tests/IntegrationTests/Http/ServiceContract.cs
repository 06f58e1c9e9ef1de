using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using NeuroLab.IntegrationTests.OpenApi;

namespace NeuroLab.IntegrationTests.Http;

[Collection(SqliteApiCollection.Name)]
public sealed class ServiceOnSqlite(SqliteApi api) : ServiceContract(api)
{
    protected override string RedisStatus => "disabled";

    [Fact]
    public async Task Description_WhenRead_HoldsEveryEndpoint()
    {
        using var description = JsonDocument.Parse(await Api.Anonymous.GetStringAsync("/openapi/v1.json"));

        var paths = description.RootElement.GetProperty("paths");
        paths.EnumerateObject().Select(path => path.Name).Should().Contain([
            "/api/auth/register", "/api/auth/login", "/api/auth/refresh", "/api/auth/logout", "/api/auth/password", "/api/auth/me",
            "/api/experiments", "/api/experiments/{id}", "/api/dashboard/summary", "/api/dashboard/charts", "/api/dashboard/recent",
            "/api/cache/health", "/api/cache/stats", "/api/cache/clear", "/api/cache/entries", "/api/cache/explain", "/api/cache/warm", "/api/cache/stream", "/api/admin/audit", "/health/live", "/health/ready",
            "/api/dashboard/health", "/api/dashboard/health/database", "/api/dashboard/health/cache",
        ]);
        description.RootElement.GetProperty("components").GetProperty("securitySchemes").EnumerateObject().Select(scheme => scheme.Name)
            .Should().BeEquivalentTo("bearer", "admin_api_key");
    }

    [Fact]
    public async Task Page_WhenRead_ShowsTheDescription()
    {
        using var page = await Api.Anonymous.GetAsync("/swagger/index.html");
        var script = await Api.Anonymous.GetStringAsync("/swagger/index.js");

        page.StatusCode.Should().Be(HttpStatusCode.OK);
        page.Headers.GetValues("Content-Security-Policy").Single().Should().Contain("script-src 'self'").And.NotContain("script-src 'self' 'unsafe-inline'");
        script.Should().Contain("../openapi/v1.json");
    }
}

[Collection(ServersApiCollection.Name)]
public sealed class ServiceOnServers(ServersApi api) : ServiceContract(api)
{
    protected override string RedisStatus => "healthy";

    [Fact]
    public async Task Statistics_WhenRedisAnswers_AreAsDescribed()
    {
        var description = new ApiDescription(await Api.Anonymous.GetStringAsync("/openapi/v1.json"));
        var admin = await Api.NewUserAsync(admin: true);
        using var answer = await admin.Client.GetAsync("/api/cache/stats");

        var seen = await Seen.OfAsync(answer);

        description.Complaints(description.Operations.Single(operation => operation.Id == "getCacheStatistics"), seen).Should().BeEmpty();
        using var body = JsonDocument.Parse(seen.Body);
        body.RootElement.GetProperty("redis_cache").GetProperty("connected_clients").GetInt64().Should().BePositive();
    }
}

public abstract class ServiceContract(ApiHost api)
{
    protected ApiHost Api { get; } = api;

    protected abstract string RedisStatus { get; }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/api/dashboard/health")]
    [InlineData("/api/dashboard/health/database")]
    [InlineData("/api/dashboard/health/cache")]
    public async Task Health_WhenAllIsWell_Is200ForAnyoneWhateverTokenIsSent(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer garbage");

        using var answer = await Api.Anonymous.SendAsync(request);

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).Text("status").Should().Be("healthy");
    }

    [Fact]
    public async Task Health_WhenAsked_HoldsTheChecks()
    {
        var health = await Api.Anonymous.GetFromJsonAsync<JsonElement>("/api/dashboard/health");

        health.Text("service").Should().Be("neurolab");
        health.Text("timestamp").Should().EndWith("Z");
        var checks = health.GetProperty("checks");
        checks.GetProperty("database").Text("status").Should().Be("healthy");
        checks.GetProperty("database").GetProperty("response_time_ms").GetDouble().Should().BePositive();
        checks.GetProperty("redis_cache").Text("status").Should().Be(RedisStatus);
        health.ToString().Should().NotContain("127.0.0.1");
    }

    [Fact]
    public async Task CacheHealth_WhenAsked_HasTheTimeInSeconds()
    {
        var health = await Api.Anonymous.GetFromJsonAsync<JsonElement>("/api/cache/health");

        health.GetProperty("memory_cache").Text("status").Should().Be("healthy");
        health.GetProperty("redis_cache").Text("status").Should().Be(RedisStatus);
        health.Text("overall_status").Should().Be("healthy");
        health.GetProperty("timestamp").GetDouble().Should().BeApproximately(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0, 60);
    }

    [Theory]
    [InlineData("my-id_1.2", true)]
    [InlineData("has space", false)]
    [InlineData("<script>", false)]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234", false)]
    public async Task CorrelationId_WhenSent_IsEchoedIfItIsSane(string id, bool sane)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live");
        request.Headers.TryAddWithoutValidation("X-Correlation-ID", id);

        using var answer = await Api.Anonymous.SendAsync(request);

        var echoed = answer.Headers.GetValues("X-Correlation-ID").Single();
        (echoed == id).Should().Be(sane);
        echoed.Should().MatchRegex("^[A-Za-z0-9._-]{1,64}$");
    }

    [Fact]
    public async Task AnyAnswer_WhenGiven_HasTheSecurityHeaders()
    {
        var user = await Api.NewUserAsync();
        using var read = await user.Client.GetAsync("/api/dashboard/summary");
        using var unchanged = await user.GetAsync("/api/dashboard/summary", ("If-None-Match", "*"));
        using var malformed = await Api.Anonymous.PostAsync("/api/auth/login", JsonExtensions.Json("{"));
        using var deleted = await user.Client.DeleteAsync("/api/auth/me");
        unchanged.StatusCode.Should().Be(HttpStatusCode.NotModified);
        var answers = new List<HttpResponseMessage> { read, unchanged, malformed, deleted };
        foreach (var path in (string[])["/health/live", "/api/nothing", "/api/auth/me", "/openapi/v1.json", "/swagger/index.html", "/swagger"])
        {
            answers.Add(await Api.Anonymous.GetAsync(path));
        }

        foreach (var answer in answers)
        {
            answer.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
            answer.Headers.GetValues("X-Frame-Options").Should().Equal("DENY");
            answer.Headers.GetValues("Referrer-Policy").Should().Equal("no-referrer");
            answer.Headers.GetValues("Content-Security-Policy").Single().Should().StartWith("default-src 'none'").And.Contain("frame-ancestors 'none'");
            answer.Headers.GetValues("Permissions-Policy").Single().Should().Contain("camera=()");
            answer.Headers.GetValues("Cross-Origin-Opener-Policy").Should().Equal("same-origin");
            answer.Headers.GetValues("Cross-Origin-Resource-Policy").Should().Equal("same-origin");
            answer.Headers.Contains("Strict-Transport-Security").Should().BeFalse("nothing is promised over http");
            answer.Headers.Contains("Server").Should().BeFalse();
        }
    }

    [Fact]
    public async Task AnyAnswer_WhenGivenOverHttps_AsksForHttpsFromNowOn()
    {
        foreach (var path in (string[])["/health/live", "/api/nothing", "/api/auth/me"])
        {
            using var answer = await Api.Anonymous.GetAsync(new Uri($"https://localhost{path}"));

            answer.Headers.GetValues("Strict-Transport-Security").Should().Equal("max-age=31536000");
        }
    }

    [Fact]
    public async Task AnyAnswer_WhenNoOriginIsConfigured_IsClosedToOtherSites()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live");
        request.Headers.Add("Origin", "https://evil.example");

        using var answer = await Api.Anonymous.SendAsync(request);

        answer.Headers.Contains("Access-Control-Allow-Origin").Should().BeFalse();
    }
}
