using System.Net;
using System.Net.Http.Json;
using StackExchange.Redis;

namespace NeuroLab.IntegrationTests.Http;

/// <summary>A Redis that other applications use too.</summary>
[Collection(ServersApiCollection.Name)]
public sealed class ForeignKeysTests(ServersApi api)
{
    /// <summary>Keys of others, some of them with names as close to ours as they get.</summary>
    private static readonly string[] Foreign =
    [
        "other:dashboard", "neurolab2:v:x", "neurolab", "neurolab2", "NEUROLAB:v:x", "xneurolab:v:x", "dashboard:1", "neurola", "*", "[", "\\", "neuro*", "neurolab?:x",
    ];

    public static TheoryData<string> HostilePatterns =>
    [
        "*", "../*", "..", "[", "]", "[^a]*", "[", "\\", "\\*", "neurolab:*", "neurolab*", "*neurolab*", "?", "**", "{a,b}", "\r", "* other:*", "other:*",
        "neurolab2:*", "x\u202e*", "\ud83e\udde0*", new string('*', 2048), new string('?', 2048) + "*", new string('\\', 2047) + "*",
    ];

    [Theory]
    [MemberData(nameof(HostilePatterns))]
    public async Task Clear_WhateverThePattern_LeavesTheKeysOfOthers(string pattern)
    {
        await using var redis = await api.Redis.ConnectAsync();
        var database = redis.GetDatabase();
        foreach (var key in Foreign)
        {
            await database.StringSetAsync(key, "not ours");
        }

        var admin = await api.NewUserAsync(admin: true);
        await admin.GetAsync("/api/dashboard/summary");

        using var cleared = await admin.Client.PostAsJsonAsync("/api/cache/clear", new { pattern });
        using var listed = await admin.Client.GetAsync($"/api/cache/entries?pattern={Uri.EscapeDataString(pattern)}");

        // What is no pattern is refused; nothing else happens.
        cleared.StatusCode.Should().BeOneOf(HttpStatusCode.OK, HttpStatusCode.BadRequest);
        listed.StatusCode.Should().BeOneOf(HttpStatusCode.OK, HttpStatusCode.BadRequest);
        foreach (var key in Foreign)
        {
            (await database.StringGetAsync(key)).ToString().Should().Be("not ours", "of {0}", key);
        }

        var text = await listed.Content.ReadAsStringAsync();
        text.Should().NotContain("not ours").And.NotContain("other:dashboard").And.NotContain("neurolab2");
    }

    [Fact]
    public async Task Clear_OfEverything_TakesEveryKeyOfOurs()
    {
        await using var redis = await api.Redis.ConnectAsync();
        var admin = await api.NewUserAsync(admin: true);
        await admin.GetAsync("/api/dashboard/summary");
        await EndToEnd.Until.AsWantedAsync(() => OwnAsync(redis, admin), count => count > 0, TimeSpan.FromSeconds(10));

        using var cleared = await admin.Client.PostAsJsonAsync("/api/cache/clear", new { pattern = "*" });

        cleared.StatusCode.Should().Be(HttpStatusCode.OK);
        await EndToEnd.Until.AsWantedAsync(() => OwnAsync(redis, admin), count => count == 0, TimeSpan.FromSeconds(10));
    }

    private Task<int> OwnAsync(ConnectionMultiplexer redis, ApiUser user) =>
        Task.FromResult(redis.GetServer(api.Redis.Address).Keys(pattern: $"neurolab:*{user.Id:D}*").Count());
}
