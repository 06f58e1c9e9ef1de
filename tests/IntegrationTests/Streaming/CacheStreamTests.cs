using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using NeuroLab.Infrastructure.Identity;
using NeuroLab.IntegrationTests.EndToEnd;
using NeuroLab.IntegrationTests.Http;

namespace NeuroLab.IntegrationTests.Streaming;

/// <summary>The stream of one node: what it says, and when it ends.</summary>
[Collection(SqliteApiCollection.Name)]
public sealed class CacheStreamTests(SqliteApi api)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Stream_WhenItIsOpened_ShowsTheNodeAtOnceAndEverySecond()
    {
        var admin = await api.NewUserAsync(admin: true);
        await admin.GetAsync("/api/dashboard/summary");
        await admin.GetAsync("/api/dashboard/summary");
        await using var stream = await EventStream.OpenAsync(admin.Client);

        var first = (await stream.NextAsync())!.Value;
        var second = await stream.NextAsync("nodes");
        var third = await stream.NextAsync("nodes");

        stream.Answer.Content.Headers.ContentType!.ToString().Should().Be("text/event-stream");
        stream.Answer.Headers.CacheControl!.ToString().Should().Be("no-store");
        stream.Answer.Headers.GetValues("X-Accel-Buffering").Should().Equal("no");
        first.EventType.Should().Be("nodes");
        first.EventId.Should().NotBeNull("it says where the stream begins");
        var node = first.Data.GetProperty("nodes").EnumerateArray().Should().ContainSingle().Subject;
        first.EventId.Should().StartWith(node.Text("id") + "-");
        node.Flag("is_this").Should().BeTrue();
        node.Text("name").Should().Be("node-" + node.Text("id")[..4]);
        var (shown, counted) = (node.GetProperty("requests"), (await admin.GetAsync("/api/cache/stats")).GetProperty("requests"));
        shown.EnumerateObject().Select(member => member.Name).Should().Equal(counted.EnumerateObject().Select(member => member.Name));
        shown.GetProperty("hits_memory").GetInt64().Should().BePositive();
        node.GetProperty("latency_ms").GetProperty("load").GetProperty("p50").GetDouble().Should().BePositive();
        node.GetProperty("memory").GetProperty("entries").GetInt64().Should().BePositive();
        (node.GetProperty("database").Text("status"), node.GetProperty("redis").Text("status")).Should().Be(("healthy", "disabled"));
        (third.GetProperty("at").GetDateTime() - second.GetProperty("at").GetDateTime()).Should().BePositive();
    }

    [Fact]
    public async Task Stream_WhenTheCacheIsCleared_ShowsItOnce()
    {
        var admin = await api.NewUserAsync(admin: true);
        await using var stream = await EventStream.OpenAsync(admin.Client);
        await stream.NextAsync("nodes");

        await ClearAsync(admin, "stream-once:*");
        var seen = await stream.NextAsync("invalidation", data => data.Text("text") == "stream-once:*");

        (seen.Text("kind"), seen.Text("command"), seen.Flag("purges")).Should().Be(("pattern", "ClearCache", true));
        seen.GetProperty("lag_ms").GetDouble().Should().BeGreaterThanOrEqualTo(0);
        seen.GetProperty("learnt_at").GetDateTime().Should().BeOnOrAfter(seen.GetProperty("at").GetDateTime());

        // It has been read back by the time that the journal was read twice.
        await stream.NextAsync("nodes");
        await stream.NextAsync("nodes");
        await ClearAsync(admin, "stream-end:*");
        (await stream.TextsToAsync("stream-end:*")).Should().Equal("stream-end:*");
    }

    [Fact]
    public async Task Stream_WhenThisNodeWrites_TellsThatItIsItsOwn()
    {
        var admin = await api.NewUserAsync(admin: true);
        await using var stream = await EventStream.OpenAsync(admin.Client);
        await stream.NextAsync("nodes");
        var writes = 0;
        bool isOwn;
        do
        {
            // A reading may find a write before the writer knows that it has written: not every time.
            var text = $"stream-own-{++writes}:*";
            await ClearAsync(admin, text);
            isOwn = (await stream.NextAsync("invalidation", data => data.Text("text") == text)).Flag("is_own");
        }
        while (!isOwn && writes < 20);

        isOwn.Should().BeTrue();
    }

    [Fact]
    public async Task Stream_WhenItIsResumed_LosesAndDoublesNothing()
    {
        var admin = await api.NewUserAsync(admin: true);
        var first = await EventStream.OpenAsync(admin.Client);
        await first.NextAsync("nodes");
        await ClearAsync(admin, "resumed-1:*");
        await ClearAsync(admin, "resumed-2:*");
        await first.NextAsync("invalidation", data => data.Text("text") == "resumed-1:*");
        await first.DisposeAsync();
        await ClearAsync(admin, "resumed-3:*");

        await using var again = await EventStream.OpenAsync(admin.Client, first.LastId);

        (await again.TextsToAsync("resumed-3:*")).Should().Equal("resumed-2:*", "resumed-3:*");
    }

    [Fact]
    public async Task Stream_WhenItIsResumedOnAnotherNode_SaysThatSomeMayBeMissing()
    {
        var admin = await api.NewUserAsync(admin: true);

        await using var stream = await EventStream.OpenAsync(admin.Client, $"{Guid.NewGuid():D}-7");

        (await stream.NextAsync())!.Value.EventType.Should().Be("nodes");
        var second = (await stream.NextAsync())!.Value;
        (second.EventType, second.EventId, second.Data.GetProperty("missed").ValueKind).Should().Be(("gap", null, JsonValueKind.Null));
    }

    [Fact]
    public async Task Stream_WhenItsAccountIsDeleted_Ends()
    {
        var admin = await api.NewUserAsync(admin: true);
        await using var stream = await EventStream.OpenAsync(admin.Client);
        await stream.NextAsync("nodes");

        (await admin.Client.DeleteAsync("/api/auth/me")).StatusCode.Should().Be(HttpStatusCode.NoContent);

        await stream.ToEndAsync();
    }

    [Fact]
    public async Task Stream_WhenItsTokenExpires_Ends()
    {
        var clock = new SteppedClock();
        var stepped = new SqliteApi { Clock = clock };
        try
        {
            await stepped.InitializeAsync();
            var admin = await stepped.NewUserAsync(admin: true);
            using var keyed = WithTheKey(stepped);
            await using var stream = await EventStream.OpenAsync(admin.Client);
            await using var ofTheKey = await EventStream.OpenAsync(keyed);
            clock.Step(TimeSpan.FromMinutes(59));
            await stream.NextAsync("nodes");
            await stream.NextAsync("nodes");
            await stream.NextAsync("nodes");

            clock.Step(TimeSpan.FromMinutes(2));

            await stream.ToEndAsync();
            await ofTheKey.NextAsync("nodes", data => data.GetProperty("at").GetDateTime() > DateTime.UtcNow.AddMinutes(60));
        }
        finally
        {
            await stepped.DisposeAsync();
        }
    }

    [Fact]
    public async Task Stream_WhenTheKeyOfItsTokenIsReplaced_EndsAndNotWhereTheKeysAreReadAgain()
    {
        var clock = new SteppedClock();
        var rekeyed = new SqliteApi { Clock = clock };
        try
        {
            await rekeyed.InitializeAsync();
            var admin = await rekeyed.NewUserAsync(admin: true);
            using var keyed = WithTheKey(rekeyed);
            using var both = WithTheKey(rekeyed);
            both.DefaultRequestHeaders.Authorization = admin.Client.DefaultRequestHeaders.Authorization;
            await using var stream = await EventStream.OpenAsync(admin.Client);
            await using var ofBoth = await EventStream.OpenAsync(both);
            await using var ofTheKey = await EventStream.OpenAsync(keyed);
            var keys = rekeyed.Services.GetRequiredService<SigningKeys>();
            await ReadAgainAsync();
            await stream.NextAsync("nodes");
            await stream.NextAsync("nodes");
            await stream.NextAsync("nodes");

            // Where the file is gone, the next reading makes another key.
            File.Delete(Path.Combine(rekeyed.Services.GetRequiredService<IConfiguration>()["DATA_DIR"]!, SigningKeyFile.Name));
            await ReadAgainAsync();

            await stream.ToEndAsync();
            await ofBoth.ToEndAsync();
            var replaced = DateTime.UtcNow;
            await ofTheKey.NextAsync("nodes", data => data.GetProperty("at").GetDateTime() > replaced);

            async Task ReadAgainAsync()
            {
                var known = keys.Current;
                clock.Pass(SigningKeys.RetryAfter);
                await keys.RefreshAsync(default);
                keys.Current.Should().NotBeSameAs(known);
            }
        }
        finally
        {
            await rekeyed.DisposeAsync();
        }
    }

    [Fact]
    public async Task Streams_WhenOneIsOpen_TakeNoPlaceOfRequestsAndNoMoreThanTheirs()
    {
        var limited = new LimitedApi();
        try
        {
            await limited.InitializeAsync();
            var admin = await limited.NewUserAsync(admin: true);
            var stream = await EventStream.OpenAsync(admin.Client);
            await stream.NextAsync("nodes");

            // An answer has come before its request gives back its place.
            await Until.AsWantedAsync(() => StatusAsync(admin, "/api/auth/me"), status => status == HttpStatusCode.OK, Patience);
            var refused = await Until.AsWantedAsync(() => admin.Client.GetAsync(EventStream.Path, HttpCompletionOption.ResponseHeadersRead), answer => answer.StatusCode == HttpStatusCode.ServiceUnavailable, Patience);
            await refused.ProblemAsync(HttpStatusCode.ServiceUnavailable, "RATE_LIMIT_EXCEEDED");
            refused.Headers.RetryAfter!.Delta.Should().Be(TimeSpan.FromSeconds(5));

            await stream.DisposeAsync();
            await using var next = await EventStream.OfAsync(
                await Until.AsWantedAsync(() => admin.Client.GetAsync(EventStream.Path, HttpCompletionOption.ResponseHeadersRead), answer => answer.IsSuccessStatusCode, Patience));
            await next.NextAsync("nodes");
        }
        finally
        {
            await limited.DisposeAsync();
        }
    }

    /// <summary>A client whose requests carry the administrator's key.</summary>
    private static HttpClient WithTheKey(ApiHost api)
    {
        var client = api.NewClient();
        client.DefaultRequestHeaders.Add("X-Admin-API-Key", SqliteApi.AdminKey);
        return client;
    }

    private static async Task<HttpStatusCode> StatusAsync(ApiUser user, string path)
    {
        using var answer = await user.Client.GetAsync(path);
        return answer.StatusCode;
    }

    private static async Task ClearAsync(ApiUser admin, string pattern)
    {
        using var answer = await admin.Client.PostAsJsonAsync("/api/cache/clear", new { pattern });
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    /// <summary>One place for a stream, and one for a request.</summary>
    private sealed class LimitedApi : ApiHost
    {
        protected override Task ConfigureAsync(Dictionary<string, string> settings)
        {
            settings["RATE_LIMIT_PER_MINUTE"] = "6000";
            settings["Limits:Streams"] = "1";
            settings["Limits:Requests"] = "2";
            settings["Limits:RequestsPerUser"] = "1";
            return Task.CompletedTask;
        }
    }
}
