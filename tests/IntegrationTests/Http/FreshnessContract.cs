using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace NeuroLab.IntegrationTests.Http;

[Collection(SqliteApiCollection.Name)]
public sealed class FreshnessOnSqlite(SqliteApi api) : FreshnessContract(api);

[Collection(ServersApiCollection.Name)]
public sealed class FreshnessOnServers(ServersApi api) : FreshnessContract(api);

public abstract class FreshnessContract(ApiHost api)
{
    [Theory]
    [InlineData("/api/dashboard/summary")]
    [InlineData("/api/dashboard/charts?period=7d&experiment_type=memory")]
    [InlineData("/api/dashboard/recent?limit=3&days=2")]
    [InlineData("/api/experiments?limit=2")]
    public async Task Get_WhenReadTwice_IsAHitThatSaysSo(string path)
    {
        var user = await api.NewUserAsync();
        await user.RunAsync();

        using var first = await user.Client.GetAsync(path);
        using var second = await user.Client.GetAsync(path);

        var (miss, hit) = (await first.Content.ReadFromJsonAsync<JsonElement>(), await second.Content.ReadFromJsonAsync<JsonElement>());
        miss.Flag("_cache_hit").Should().BeFalse();
        miss.Source().Should().Be("origin");
        first.Headers.GetValues("Cache-Status").Should().ContainSingle().Which.Should().MatchRegex("^NeuroLab; fwd=miss; stored; ttl=[0-9]+$");
        hit.Flag("_cache_hit").Should().BeTrue();
        hit.Source().Should().Be("memory");
        second.Headers.GetValues("Cache-Status").Should().ContainSingle().Which.Should().MatchRegex("^NeuroLab; hit; ttl=[0-9]+; detail=memory$");
        foreach (var (answer, body) in new[] { (first, miss), (second, hit) })
        {
            answer.Headers.GetValues("Vary").Should().Contain("Authorization");
            answer.Headers.GetValues("Cache-Control").Should().Equal("no-cache, private");
            answer.Headers.Age.Should().NotBeNull();
            answer.Headers.ETag!.IsWeak.Should().BeTrue();
            body.Flag("_stale_data").Should().BeFalse();
            body.Flag("partial_failure").Should().BeFalse();
            body.GetProperty("failed_operations").GetArrayLength().Should().Be(0);
            var info = body.GetProperty("cache_info");
            info.GetProperty("age_seconds").GetDouble().Should().BeGreaterThanOrEqualTo(0);
            info.GetProperty("ttl_seconds").GetDouble().Should().BeInRange(1, 300);
            Time(info.Text("expires_at")).Should().BeAfter(Time(body.Text("_cached_at")));
            info.TryGetProperty("stale_reason", out _).Should().BeFalse();
            info.TryGetProperty("invalidated", out _).Should().BeFalse();
        }

        second.Headers.ETag.Should().Be(first.Headers.ETag);
        hit.Text("_cached_at").Should().Be(miss.Text("_cached_at"));
    }

    [Fact]
    public async Task Get_WhenTheClientHasTheAnswer_Is304UntilItChanges()
    {
        var user = await api.NewUserAsync();
        using var first = await user.Client.GetAsync("/api/dashboard/summary");
        var tag = first.Headers.ETag!.ToString();

        using var same = await user.GetAsync("/api/dashboard/summary", ("If-None-Match", $"\"other\", {tag}"));
        using var any = await user.GetAsync("/api/dashboard/summary", ("If-None-Match", "*"));
        using var garbage = await user.GetAsync("/api/dashboard/summary", ("If-None-Match", "\"unclosed, W/, ,,*x"));
        await user.RunAsync();
        using var changed = await user.GetAsync("/api/dashboard/summary", ("If-None-Match", tag));

        same.StatusCode.Should().Be(HttpStatusCode.NotModified);
        (await same.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
        foreach (var header in (string[])["Cache-Status", "Age", "ETag", "Vary", "Cache-Control"])
        {
            same.Headers.NonValidated.Contains(header).Should().BeTrue("a 304 has {0}", header);
        }

        any.StatusCode.Should().Be(HttpStatusCode.NotModified);
        garbage.StatusCode.Should().Be(HttpStatusCode.OK);
        changed.StatusCode.Should().Be(HttpStatusCode.OK);
        changed.Headers.ETag!.ToString().Should().NotBe(tag);
    }

    [Fact]
    public async Task Get_WhenRefreshIsForced_AnswersFromTheOriginAndStoresIt()
    {
        var user = await api.NewUserAsync();
        var first = await user.GetAsync("/api/dashboard/recent");

        using var answer = await user.Client.GetAsync("/api/dashboard/recent?force_refresh=true");
        var after = await user.GetAsync("/api/dashboard/recent?force_refresh=false");

        var forced = await answer.Content.ReadFromJsonAsync<JsonElement>();
        forced.Source().Should().Be("origin");
        answer.Headers.GetValues("Cache-Status").Single().Should().StartWith("NeuroLab; fwd=request");
        Time(forced.Text("_cached_at")).Should().BeAfter(Time(first.Text("_cached_at")));
        after.Flag("_cache_hit").Should().BeTrue();
        after.Text("_cached_at").Should().Be(forced.Text("_cached_at"));
    }

    [Fact]
    public async Task Get_WhenAConsistencyTokenIsSent_ReflectsAtLeastThatWrite()
    {
        var user = await api.NewUserAsync();
        using var created = await user.Client.PostAsJsonAsync("/api/experiments", new { name = "n", experiment_type = "memory" });
        var token = created.Headers.GetValues("Consistency-Token").Single();

        using var first = await user.GetAsync("/api/dashboard/summary", ("Consistency-Token", token));
        using var second = await user.GetAsync("/api/dashboard/summary", ("Consistency-Token", token));
        using var unknown = await user.GetAsync("/api/dashboard/summary", ("Consistency-Token", "not a token"));

        (await first.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("total_experiments").GetInt32().Should().Be(1);
        (await second.Content.ReadFromJsonAsync<JsonElement>()).Flag("_cache_hit").Should().BeTrue();
        (await unknown.Content.ReadFromJsonAsync<JsonElement>()).Source().Should().Be("origin");
    }

    [Fact]
    public async Task Get_WhenTwoUsersReadTheSamePath_NeitherGetsTheOthersAnswer()
    {
        var (first, second) = (await api.NewUserAsync(), await api.NewUserAsync());
        await first.RunAsync();
        using var mine = await first.Client.GetAsync("/api/dashboard/summary");

        using var theirs = await second.GetAsync("/api/dashboard/summary", ("If-None-Match", mine.Headers.ETag!.ToString()));

        theirs.StatusCode.Should().Be(HttpStatusCode.OK);
        (await theirs.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("total_experiments").GetInt32().Should().Be(0);
    }

    [Fact]
    public async Task Get_WhenTwoUsersHaveTheSameValue_TheirTagsDifferAndNeitherServesTheOther()
    {
        // Somebody who never had anything, twice: the lists are the same to the last byte.
        var (first, second) = (await api.NewUserAsync(), await api.NewUserAsync());
        using var mine = await first.Client.GetAsync("/api/experiments");
        using var theirs = await second.Client.GetAsync("/api/experiments");

        using var crossed = await second.GetAsync("/api/experiments", ("If-None-Match", mine.Headers.ETag!.ToString()));
        using var own = await second.GetAsync("/api/experiments", ("If-None-Match", theirs.Headers.ETag!.ToString()));

        theirs.Headers.ETag.Should().NotBe(mine.Headers.ETag);
        crossed.StatusCode.Should().Be(HttpStatusCode.OK);
        own.StatusCode.Should().Be(HttpStatusCode.NotModified);
    }

    [Theory]
    [InlineData("*")]
    [InlineData(null)]
    public async Task Get_WhenNobodyIsSignedIn_Is401WhateverTagIsSent(string? tag)
    {
        var user = await api.NewUserAsync();
        using var known = await user.Client.GetAsync("/api/dashboard/summary");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/dashboard/summary");
        request.Headers.TryAddWithoutValidation("If-None-Match", tag ?? known.Headers.ETag!.ToString());

        using var answer = await api.Anonymous.SendAsync(request);

        await answer.ProblemAsync(HttpStatusCode.Unauthorized, "AUTH_FAILED");
        answer.Headers.ETag.Should().BeNull();
        answer.Headers.CacheControl!.NoStore.Should().BeTrue();
    }

    private static DateTime Time(string text)
    {
        text.Should().EndWith("Z");
        return DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
    }
}
