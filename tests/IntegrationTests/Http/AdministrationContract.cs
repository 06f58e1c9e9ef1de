using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace NeuroLab.IntegrationTests.Http;

[Collection(SqliteApiCollection.Name)]
public sealed class AdministrationOnSqlite(SqliteApi api) : AdministrationContract(api)
{
    [Fact]
    public async Task Administration_WhenTheKeyIsRight_IsOpen()
    {
        using var answer = await SendAsync(SqliteApi.AdminKey);

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("")]
    [InlineData("wrong")]
    [InlineData(SqliteApi.AdminKey + "0")]
    public async Task Administration_WhenTheKeyIsWrong_IsClosed(string key)
    {
        using var answer = await SendAsync(key);

        await answer.ProblemAsync(HttpStatusCode.Unauthorized, "AUTH_FAILED");
    }

    [Fact]
    public async Task OtherRequests_WhenTheKeyIsSent_NeedAUserStill()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/dashboard/summary");
        request.Headers.Add("X-Admin-API-Key", SqliteApi.AdminKey);

        using var answer = await Api.Anonymous.SendAsync(request);

        await answer.ProblemAsync(HttpStatusCode.Unauthorized, "AUTH_FAILED");
    }
}

[Collection(ServersApiCollection.Name)]
public sealed class AdministrationOnServers(ServersApi api) : AdministrationContract(api)
{
    [Fact]
    public async Task Administration_WhenNoKeyIsConfigured_IgnoresTheHeader()
    {
        using var answer = await SendAsync("any-key-whatever-0123456789");

        await answer.ProblemAsync(HttpStatusCode.Unauthorized, "AUTH_FAILED");
    }

    [Fact]
    public async Task Statistics_WhenRedisIsThere_HoldItsOwnWords()
    {
        var admin = await Api.NewUserAsync(admin: true);

        var redis = (await admin.GetAsync("/api/cache/stats")).GetProperty("redis_cache");

        redis.Flag("available").Should().BeTrue();
        redis.GetProperty("connected_clients").GetInt64().Should().BePositive();
        redis.GetProperty("used_memory").GetInt64().Should().BePositive();
        redis.Text("used_memory_human").Should().NotBeEmpty();
    }
}

public abstract class AdministrationContract(ApiHost api)
{
    protected ApiHost Api { get; } = api;

    [Theory]
    [InlineData("GET", "/api/cache/stats")]
    [InlineData("GET", "/api/cache/entries")]
    [InlineData("GET", "/api/cache/stream")]
    [InlineData("GET", "/api/cache/explain?key=a")]
    [InlineData("POST", "/api/cache/clear")]
    public async Task Administration_WhenNoAdministratorAsks_Is403(string method, string path)
    {
        var user = await Api.IdleUserAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var answer = await user.Client.SendAsync(request);

        await answer.ProblemAsync(HttpStatusCode.Forbidden, "ACCESS_DENIED");
    }

    [Fact]
    public async Task Me_WhenTheRoleWasGranted_HasItAfterTheNextSignIn()
    {
        var admin = await Api.NewUserAsync(admin: true);

        var me = await admin.GetAsync("/api/auth/me");

        me.GetProperty("roles").EnumerateArray().Select(role => role.GetString()).Should().Equal("admin");
    }

    [Fact]
    public async Task Statistics_AfterTenReadsAndThirtyRepeats_AddUp()
    {
        var admin = await Api.NewUserAsync(admin: true);
        var before = await admin.GetAsync("/api/cache/stats");
        for (var repeat = 0; repeat < 4; repeat++)
        {
            for (var limit = 1; limit <= 10; limit++)
            {
                await admin.GetAsync($"/api/dashboard/recent?limit={limit}");
            }
        }

        var after = await admin.GetAsync("/api/cache/stats");

        Grown("memory_cache", "hits").Should().Be(30);
        Grown("memory_cache", "misses").Should().Be(10);
        Grown("memory_cache", "total_accesses").Should().Be(40);
        Grown("requests", "hits_memory").Should().Be(30);
        Grown("requests", "misses").Should().Be(10);
        Grown("requests", "loads").Should().Be(10);
        Grown("requests", "load_failures").Should().Be(0);
        Grown("memory_cache", "total_entries").Should().Be(10);
        var memory = after.GetProperty("memory_cache");
        memory.GetProperty("size_bytes").GetInt64().Should().BePositive();
        memory.GetProperty("max_size").GetInt64().Should().Be(1000);
        (memory.GetProperty("active_entries").GetInt64() + memory.GetProperty("expired_entries").GetInt64())
            .Should().Be(memory.GetProperty("total_entries").GetInt64());
        after.GetProperty("config").GetProperty("default_ttl").GetDouble().Should().Be(300);
        after.GetProperty("config").GetProperty("stale_threshold").GetDouble().Should().Be(600);
        after.GetProperty("requests").GetProperty("hit_ratio").GetDouble().Should().BeInRange(0, 1);

        long Grown(string section, string name) => after.GetProperty(section).GetProperty(name).GetInt64() - before.GetProperty(section).GetProperty(name).GetInt64();
    }

    [Fact]
    public async Task Clear_WhenAPatternIsGiven_PurgesWhatMatchesAndNothingElse()
    {
        var (admin, other) = (await Api.NewUserAsync(admin: true), await Api.NewUserAsync());
        await admin.GetAsync("/api/dashboard/summary");
        await other.GetAsync("/api/dashboard/summary");

        using var answer = await admin.Client.PostAsJsonAsync("/api/cache/clear", new { pattern = $"dashboard:{admin.Id}:*" });

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        var cleared = await answer.Content.ReadFromJsonAsync<JsonElement>();
        cleared.Text("message").Should().NotBeEmpty();
        cleared.Text("timestamp").Should().EndWith("Z");
        (await admin.GetAsync("/api/dashboard/summary")).Flag("_cache_hit").Should().BeFalse();
        (await other.GetAsync("/api/dashboard/summary")).Flag("_cache_hit").Should().BeTrue();
    }

    [Theory]
    [InlineData("{}", "pattern")]
    [InlineData("{\"pattern\":\"\"}", "pattern")]
    [InlineData("{\"pattern\":5}", "pattern")]
    [InlineData("{\"pattern\":\"*\",\"force\":true}", "force")]
    public async Task Clear_WhenTheBodyIsWrong_NamesTheField(string body, string field)
    {
        var admin = await AdminAsync();

        using var answer = await admin.Client.PostAsync("/api/cache/clear", JsonExtensions.Json(body));

        (await answer.ProblemAsync(HttpStatusCode.BadRequest, "VALIDATION_ERROR")).Fields().Should().Contain(field);
    }

    [Fact]
    public async Task Entries_WhenListed_HaveNoValues()
    {
        var admin = await Api.NewUserAsync(admin: true);
        await admin.GetAsync("/api/dashboard/summary");
        await admin.GetAsync("/api/dashboard/summary");

        var listed = await admin.GetAsync($"/api/cache/entries?pattern=dashboard:{admin.Id}:*&limit=10");

        var entry = listed.GetProperty("entries").EnumerateArray().First();
        entry.Text("key").Should().StartWith($"dashboard:{admin.Id}:");
        entry.Text("tier").Should().Be("memory");
        entry.GetProperty("age_seconds").GetDouble().Should().BeGreaterThanOrEqualTo(0);
        entry.GetProperty("ttl_seconds").GetDouble().Should().BePositive();
        entry.GetProperty("size_bytes").GetInt64().Should().BePositive();
        entry.GetProperty("hits").GetInt64().Should().Be(1);
        listed.ToString().Should().NotContain("total_experiments");
        listed.GetProperty("total_matching").GetInt64().Should().Be(listed.GetProperty("count").GetInt64());

        // What is not listed is counted all the same. An answer may be there before its copy in Redis is.
        await admin.GetAsync("/api/dashboard/charts");
        var (first, all) = await EndToEnd.Until.AsWantedAsync(
            async () => (First: await admin.GetAsync($"/api/cache/entries?pattern=dashboard:{admin.Id}:*&limit=1"), All: await admin.GetAsync($"/api/cache/entries?pattern=dashboard:{admin.Id}:*")),
            seen => seen.First.GetProperty("total_matching").GetInt64() == seen.All.GetProperty("count").GetInt64(),
            TimeSpan.FromSeconds(20));
        first.GetProperty("count").GetInt64().Should().Be(1);
        first.GetProperty("total_matching").GetInt64().Should().Be(all.GetProperty("count").GetInt64()).And.BeGreaterThan(1);
    }

    [Theory]
    [InlineData("/api/cache/entries?limit=0", "limit")]
    [InlineData("/api/cache/entries?pattern=", "pattern")]
    [InlineData("/api/cache/entries?pattern=a&pattern=b", "pattern")]
    [InlineData("/api/cache/entries?pattern=%00", "pattern")]
    [InlineData("/api/cache/explain", "key")]
    [InlineData("/api/cache/explain?key=", "key")]
    [InlineData("/api/cache/explain?key=a&key=b", "key")]
    [InlineData("/api/cache/explain?key=%01", "key")]
    public async Task Administration_WhenAParameterIsWrong_NamesIt(string path, string field)
    {
        var admin = await AdminAsync();

        using var answer = await admin.Client.GetAsync(path);

        (await answer.ProblemAsync(HttpStatusCode.BadRequest, "VALIDATION_ERROR")).Fields().Should().Equal(field);
    }

    [Fact]
    public async Task Explain_WhenACommandHasOvertakenAnAnswer_NamesItAndHasNoValue()
    {
        var (admin, user) = (await AdminAsync(), await Api.NewUserAsync());
        await user.GetAsync("/api/dashboard/summary");
        var key = $"dashboard:{user.Id}:summary";
        var fresh = await ExplainAsync(admin, key);
        using var created = await user.Client.PostAsJsonAsync("/api/experiments", new { name = "explained", experiment_type = "memory" });
        created.StatusCode.Should().Be(HttpStatusCode.Created);

        var overtaken = await ExplainAsync(admin, key);

        fresh.Text("key").Should().Be(key);
        fresh.GetProperty("next_read").Text("source").Should().Be("memory");
        (fresh.GetProperty("memory").Text("state"), fresh.GetProperty("memory").Text("type")).Should().Be(("fresh", "DashboardSummaryResponse"));
        var write = overtaken.GetProperty("memory").GetProperty("overtaken_by");
        (write.Text("command"), write.Text("target"), write.Text("text"), write.GetProperty("is_purge").GetBoolean())
            .Should().Be(("CreateExperiment", "pattern", $"dashboard:{user.Id}:*", false));
        write.GetProperty("at").GetDateTime().Should().BeCloseTo(TimeProvider.System.GetUtcNow().UtcDateTime, TimeSpan.FromMinutes(1));
        overtaken.GetProperty("memory").Text("state").Should().Be("invalidated");
        (overtaken.GetProperty("next_read").Text("source"), overtaken.GetProperty("next_read").Text("if_origin_fails")).Should().Be(("origin", "stale"));
        overtaken.ToString().Should().NotContain("total_experiments").And.NotContain("explained");
    }

    [Fact]
    public async Task Explain_WhenAskedForTheAnswerOfAnyQuery_KnowsItInEachTier()
    {
        var (admin, user) = (await AdminAsync(), await Api.NewUserAsync());
        foreach (var path in (string[])["/api/dashboard/summary", "/api/dashboard/charts", "/api/dashboard/recent", "/api/experiments"])
        {
            await user.GetAsync(path);
        }

        var listed = await admin.GetAsync($"/api/cache/entries?pattern=*:{user.Id}:*&limit=10");

        var keys = listed.GetProperty("entries").EnumerateArray().Select(entry => entry.Text("key")).Distinct().ToList();
        keys.Should().HaveCount(4);
        foreach (var key in keys)
        {
            var explained = await ExplainAsync(admin, key);
            explained.GetProperty("memory").Text("state").Should().Be("fresh");
            // Redis is written behind the answer.
            for (var tries = 0; explained.GetProperty("redis").Text("state") == "absent" && tries < 100; tries++)
            {
                await Task.Delay(20);
                explained = await ExplainAsync(admin, key);
            }

            explained.GetProperty("redis").Text("state").Should().BeOneOf("fresh", "disabled");
        }
    }

    protected async Task<HttpResponseMessage> SendAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/cache/stats");
        request.Headers.TryAddWithoutValidation("X-Admin-API-Key", key);
        return await Api.Anonymous.SendAsync(request);
    }

    private static Task<JsonElement> ExplainAsync(ApiUser admin, string key) => admin.GetAsync($"/api/cache/explain?key={Uri.EscapeDataString(key)}");

    private Task<ApiUser> AdminAsync() => Api.NewUserAsync(admin: true);
}
