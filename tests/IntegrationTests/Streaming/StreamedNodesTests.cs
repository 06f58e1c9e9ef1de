using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using NeuroLab.IntegrationTests.EndToEnd;
using NeuroLab.IntegrationTests.Http;

namespace NeuroLab.IntegrationTests.Streaming;

/// <summary>The stream of nodes over one PostgreSQL and one Redis, and the end of a service whose streams are open.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class StreamedNodesTests(Servers servers) : IAsyncLifetime
{
    private const string AdminKey = "a-key-for-the-tests-0123456789";
    private bool _stopped;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_stopped)
        {
            await servers.Postgres.StopAsync();
            await servers.Postgres.StartAsync();
        }
    }

    [Fact]
    public async Task Nodes_WhenOneJoinsAndStops_AreShownByTheOther()
    {
        var settings = await SettingsAsync();
        await using var one = await ServiceProcess.StartAsync(Servers.With(new(settings), [("Cache__NodeName", "first")]));
        using var client = Administrator(one);
        await using var stream = await EventStream.OpenAsync(client);
        NamesOf(await stream.NextAsync("nodes")).Should().Equal("first");

        await using var two = await ServiceProcess.StartAsync(Servers.With(new(settings), [("Cache__NodeName", "second")]));

        // Its first report may be of before it has asked its database for the first time.
        var both = await stream.NextAsync("nodes", data => NodesOf(data).Count == 2 && AreHealthy(data));
        await two.StopAsync();
        await stream.NextAsync("nodes", data => NodesOf(data).Count == 1);

        NamesOf(both).Should().Equal("first", "second");
        var (own, other) = (NodesOf(both)[0], NodesOf(both)[1]);
        (own.Flag("is_this"), other.Flag("is_this")).Should().Be((true, false));
        other.EnumerateObject().Select(member => member.Name).Should().Equal(own.EnumerateObject().Select(member => member.Name));
        (other.GetProperty("database").Text("status"), other.GetProperty("database").Text("circuit")).Should().Be(("healthy", "closed"));
        one.Output.Should().NotContain("fail:").And.NotContain("warn:");
    }

    [Fact]
    public async Task Invalidations_OfTheOtherNode_ArriveOnceEachThroughALostConnection()
    {
        var settings = await SettingsAsync();
        await using var one = await ServiceProcess.StartAsync(settings);
        await using var two = await ServiceProcess.StartAsync(settings);
        using var here = Administrator(one);
        using var there = Administrator(two);
        var first = await EventStream.OpenAsync(here);
        await first.NextAsync("nodes");

        await ClearAsync(there, "lost-1:*");
        var seen = await first.NextAsync("invalidation", data => data.Text("command") == "ClearCache");
        await first.DisposeAsync();
        await ClearAsync(there, "lost-2:*");
        await ClearAsync(here, "lost-3:*");
        await using var again = await EventStream.OpenAsync(here, first.LastId);
        await ClearAsync(there, "lost-4:*");
        await ClearAsync(here, "lost-5:*");
        var rest = new List<JsonElement>();
        while (rest.Count < 4)
        {
            rest.Add(await again.NextAsync("invalidation"));
        }

        // What comes twice comes with a reading.
        await again.NextAsync("nodes");
        await again.NextAsync("nodes");
        await ClearAsync(there, "lost-6:*");
        rest.Add(await again.NextAsync("invalidation"));

        (seen.Text("text"), seen.Text("kind"), seen.Flag("purges"), seen.Flag("is_own")).Should().Be(("lost-1:*", "pattern", true, false));
        seen.GetProperty("lag_ms").GetDouble().Should().BeInRange(0, 3000);
        rest.Select(data => data.Text("text")).Should().BeEquivalentTo("lost-2:*", "lost-3:*", "lost-4:*", "lost-5:*", "lost-6:*");

        // A reading may find this node's own write before the writer knows that it has written.
        rest.Where(data => data.Flag("is_own")).Select(data => data.Text("text")).Should().BeSubsetOf(["lost-3:*", "lost-5:*"]);
    }

    [Fact]
    public async Task Stream_WhenTheDatabaseStops_GoesOnAndSaysSo()
    {
        _stopped = true;
        var settings = await SettingsAsync();
        await using var one = await ServiceProcess.StartAsync(settings);
        await using var two = await ServiceProcess.StartAsync(settings);
        using var client = Administrator(one);
        await using var stream = await EventStream.OpenAsync(client);
        await stream.NextAsync("nodes", data => NodesOf(data).Count == 2);

        await servers.Postgres.StopAsync();
        var opened = await stream.NextAsync("circuit");
        var during = await stream.NextAsync("nodes", data => NodesOf(data)[0].GetProperty("database").Text("circuit") == "open");
        var later = await stream.NextAsync("nodes");
        await servers.Postgres.StartAsync();
        var closed = await stream.NextAsync("circuit", data => data.Text("to") == "closed");
        var healed = await stream.NextAsync("nodes", data =>
            AreHealthy(data) && NodesOf(data)[1].GetProperty("seen_at").GetDateTime() > SeenAt(later));

        (opened.Text("store"), opened.Text("from"), opened.Text("to")).Should().Be(("database", "closed", "open"));
        NodesOf(during)[0].GetProperty("database").Text("status").Should().Be("unavailable");
        NodesOf(later).Should().HaveCount(2, "the other is shown as it was last seen");
        SeenAt(later).Should().Be(SeenAt(during));
        closed.Text("store").Should().Be("database");
        NodesOf(healed).Should().HaveCount(2);
        Regex.Count(one.Output, @"\[3501\]").Should().BeInRange(0, 1, "an outage is told once");
    }

    [Fact]
    public async Task Stop_WhenStreamsAreOpen_EndsThemAndDoesNotWaitForThem()
    {
        await using var service = await ServiceProcess.StartAsync(servers.Embedded(("Authentication__AdminApiKey", AdminKey)));
        using var client = Administrator(service);
        var streams = new List<EventStream>();
        for (var count = 0; count < 5; count++)
        {
            var stream = await EventStream.OpenAsync(client);
            await stream.NextAsync("nodes");
            streams.Add(stream);
        }

        var started = Stopwatch.GetTimestamp();
        await service.SignalAsync("TERM");
        await Task.WhenAll(streams.Select(stream => stream.ToEndAsync()));

        (await service.ExitAsync(TimeSpan.FromSeconds(30))).Should().Be(0);
        Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(9), "requests would be waited for 10 s");
        service.Output.Should().NotContain("fail:").And.NotContain("warn:");
        foreach (var stream in streams)
        {
            await stream.DisposeAsync();
        }
    }

    private static HttpClient Administrator(ServiceProcess service)
    {
        var client = new HttpClient { BaseAddress = service.Address };
        client.DefaultRequestHeaders.Add("X-Admin-API-Key", AdminKey);
        return client;
    }

    private static async Task ClearAsync(HttpClient client, string pattern)
    {
        using var answer = await client.PostAsJsonAsync("/api/cache/clear", new { pattern });
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    private static List<JsonElement> NodesOf(JsonElement data) => [.. data.GetProperty("nodes").EnumerateArray()];

    private static bool AreHealthy(JsonElement data) => NodesOf(data).TrueForAll(node => node.GetProperty("database").Text("status") == "healthy");

    private static IEnumerable<string> NamesOf(JsonElement data) => NodesOf(data).Select(node => node.Text("name"));

    private static DateTime SeenAt(JsonElement data) => NodesOf(data)[1].GetProperty("seen_at").GetDateTime();

    private Task<Dictionary<string, string>> SettingsAsync() =>
        servers.SharedAsync(("Authentication__AdminApiKey", AdminKey), ("Cache__NodeHeartbeat", "00:00:00.250"));
}
