using System.Globalization;
using System.Net;
using System.Text.Json;
using NeuroLab.IntegrationTests.Deployment;
using NeuroLab.IntegrationTests.EndToEnd;
using StackExchange.Redis;

namespace NeuroLab.IntegrationTests.Development;

/// <summary>The switches that take the database or Redis away: what they do where they are, and that they are nowhere else.</summary>
[Collection(BuildsCollection.Name)]
public sealed class FaultSwitchTests(DebugBuild build)
{
    private const string Faults = "/api/development/faults";

    /// <summary>The breaker asks once a second whether the database is back, and the journal is read twice a second; the rest is for a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Database_WhenStopped_IsUnavailableToEveryoneUntilItRunsAgain()
    {
        await using var service = await build.StartAsync("Development", ("CACHE_DEFAULT_TTL", "1"), ("REDIS_URL", $"{build.Redis.Url}/1"));
        using var user = await Api.RegisteredAsync(service.Address);
        await user.HealthyAsync();
        await user.RunExperimentAsync();
        (await user.SummaryAsync()).Total.Should().Be(1);
        States(await user.GetAsync(Faults)).Should().Be(("running", "running"));

        States(await user.PutAsync(Faults, new { database = "stopped" })).Should().Be(("stopped", "running"));

        States(await user.GetAsync(Faults)).Should().Be(("stopped", "running"));
        var stale = await Until.AsWantedAsync(user.SummaryAsync, answer => answer.StaleReason is not (null or "unverified"), Patience);
        (stale.Status, stale.IsStale, stale.Source, stale.Total).Should().Be((HttpStatusCode.OK, true, "stale", 1));
        stale.StaleReason.Should().BeOneOf("origin_error", "origin_timeout", "circuit_open");
        Unavailable(await user.GetAsync("/api/dashboard/recent"), "nobody has read it before");
        Unavailable(await user.PostAsync("/api/experiments", new { name = "An experiment", experiment_type = "memory" }), "it is a write");
        var health = await Until.AsWantedAsync(() => user.GetAsync("/api/dashboard/health"), answer => Database(answer).Detail.EndsWith("circuit open", StringComparison.Ordinal), Patience);
        (health.Status, health.Member("status").GetString(), Database(health).Status).Should().Be((HttpStatusCode.OK, "degraded", "unhealthy"));
        (await user.GetAsync("/api/dashboard/health/database")).Status.Should().Be(HttpStatusCode.ServiceUnavailable);

        States(await user.PutAsync(Faults, new { database = "running" })).Should().Be(("running", "running"));

        await Until.AsWantedAsync(user.SummaryAsync, answer => !answer.IsStale, Patience);
        health = await user.GetAsync("/api/dashboard/health");
        (health.Member("status").GetString(), Database(health)).Should().Be(("healthy", ("healthy", "sqlite, circuit closed")));
        await user.RunExperimentAsync();
        (await user.SummaryAsync()).Total.Should().Be(2);
    }

    [Fact]
    public async Task Redis_WhenStopped_IsMissedByHealthAloneUntilItRunsAgain()
    {
        await using var service = await build.StartAsync("Development", ("REDIS_URL", $"{build.Redis.Url}/2"));
        using var user = await Api.RegisteredAsync(service.Address);
        await user.HealthyAsync();
        await user.RunExperimentAsync();
        (await user.SummaryAsync()).Total.Should().Be(1);
        await using var redis = await build.Redis.ConnectAsync();

        States(await user.PutAsync(Faults, new { redis = "stopped" })).Should().Be(("running", "stopped"));

        var health = await Until.AsWantedAsync(() => user.GetAsync("/api/cache/health"), answer => Redis(answer) == "unavailable", Patience);
        health.Member("overall_status").GetString().Should().Be("degraded");
        Fresh(await user.SummaryAsync(), "memory", 1);
        await user.RunExperimentAsync();
        Fresh(await user.SummaryAsync(), "origin", 2);
        Fresh(await user.SummaryAsync(), "memory", 2);
        var (tries, wanted) = (await ConnectionsAsync(redis), 4);
        await Until.AsWantedAsync(() => ConnectionsAsync(redis), seen => seen >= tries + wanted, Patience);
        Redis(await user.GetAsync("/api/cache/health")).Should().Be("unavailable", "the client, which has two links, tried each again and again, and was refused");

        States(await user.PutAsync(Faults, new { redis = "running" })).Should().Be(("running", "running"));

        await user.HealthyAsync();
        await user.RunExperimentAsync();
        Fresh(await user.SummaryAsync(), "origin", 3);
        (await user.GetAsync("/api/dashboard/charts")).Source.Should().Be("origin", "nobody has read it before");
        await Until.AsWantedAsync(async () => (string[])(await redis.GetDatabase(2).ExecuteAsync("KEYS", "*charts*"))!, keys => keys.Length == 1, Patience);
    }

    [Theory]
    [InlineData("""{"cache":"stopped"}""", "cache")]
    [InlineData("""{"database":"absent"}""", "database")]
    [InlineData("""{"database":true}""", "database")]
    [InlineData("""{"database":"Stopped"}""", "database")]
    [InlineData("""{"database":"stopped","redis":"stopped"}""", "redis")]
    [InlineData("""{"redis":"running"}""", "redis")]
    [InlineData("""["database"]""", "body")]
    public async Task Put_WhenItCannotBeDone_NamesTheFieldAndChangesNothing(string body, string field)
    {
        var service = await build.WithoutRedisAsync();
        using var user = await Api.RegisteredAsync(service.Address);

        var answer = await user.PutAsync(Faults, JsonDocument.Parse(body).RootElement);

        (answer.Status, answer.MediaType).Should().Be((HttpStatusCode.BadRequest, "application/problem+json"), answer.Text);
        answer.Member("errors").EnumerateObject().Select(error => error.Name).Should().Equal(field);
        States(await user.GetAsync(Faults)).Should().Be(("running", "absent"));
        using var anyone = new Api(service.Address);
        (await anyone.GetAsync(Faults)).Status.Should().Be(HttpStatusCode.Unauthorized);
        (await anyone.PutAsync(Faults, new { database = "stopped" })).Status.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Service_WhenTheEnvironmentIsNotDevelopment_HasNoSwitches()
    {
        await using var service = await build.StartAsync("Production");

        await ShouldHaveNoSwitchesAsync(service);
    }

    [Fact]
    public async Task Service_WhenItIsNotBuiltForDebugging_HasNoSwitches()
    {
        // These tests may themselves be built for debugging: then this is the same service as in the other tests.
        var isDebug = Repository.Executable.Contains("/Debug/", StringComparison.Ordinal);
        await using var service = await ServiceProcess.StartAsync(build.Settings(isDebug ? "Production" : "Development"));

        await ShouldHaveNoSwitchesAsync(service);
    }

    private static async Task ShouldHaveNoSwitchesAsync(ServiceProcess service)
    {
        using var user = await Api.RegisteredAsync(service.Address);
        foreach (var answer in new[] { await user.GetAsync(Faults), await user.PutAsync(Faults, new { database = "stopped" }) })
        {
            (answer.Status, answer.MediaType, answer.Member("error_code").GetString()).Should().Be((HttpStatusCode.NotFound, "application/problem+json", "NOT_FOUND"));
        }

        (await user.GetAsync("/openapi/v1.json")).Text.Should().Contain("/api/dashboard/summary").And.NotContain("development");
        (await user.RunExperimentAsync()).Status.Should().Be(HttpStatusCode.Created);
    }

    /// <summary>How many connections the server has taken so far.</summary>
    private static async Task<long> ConnectionsAsync(ConnectionMultiplexer redis) =>
        long.Parse((await redis.GetServers().Single().InfoAsync("stats")).Single().Single(one => one.Key == "total_connections_received").Value, CultureInfo.InvariantCulture);

    private static (string? Database, string? Redis) States(Answer answer)
    {
        answer.Status.Should().Be(HttpStatusCode.OK, answer.Text);
        return (answer.Member("database").GetString(), answer.Member("redis").GetString());
    }

    private static (string? Status, string Detail) Database(Answer health)
    {
        var check = health.Member("checks").GetProperty("database");
        return (check.GetProperty("status").GetString(), check.GetProperty("detail").GetString()!);
    }

    private static string? Redis(Answer health) => health.Member("redis_cache").GetProperty("status").GetString();

    private static void Fresh(Answer answer, string source, int total) =>
        (answer.Status, answer.IsStale, answer.Source, answer.Total).Should().Be((HttpStatusCode.OK, false, source, total), answer.Text);

    private static void Unavailable(Answer answer, string because)
    {
        (answer.Status, answer.MediaType).Should().Be((HttpStatusCode.ServiceUnavailable, "application/problem+json"), because);
        answer.Member("error_code").GetString().Should().BeOneOf("DATABASE_ERROR", "CIRCUIT_BREAKER_OPEN");
        answer.RetryAfter.Should().BeGreaterThan(TimeSpan.Zero);
    }
}
