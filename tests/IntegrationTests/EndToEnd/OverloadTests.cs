using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using NeuroLab.WebApi;
using NeuroLab.WebApi.Security;

namespace NeuroLab.IntegrationTests.EndToEnd;

/// <summary>More than the service takes on: it says so, and goes on for the others.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class OverloadTests(Servers servers)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Requests_WhenTooManyAreUnderWay_Are503ButProbesAreAnswered()
    {
        await using var service = await ServiceProcess.StartAsync(servers.Embedded(("Limits__Requests", "2")));
        using var anyone = new Api(service.Address);
        (await anyone.GetAsync("/openapi/v1.json")).Status.Should().Be(HttpStatusCode.OK);
        using var first = await RawRequest.WithEndlessBodyAsync(service.Address, "/api/auth/login");
        using var second = await RawRequest.WithEndlessBodyAsync(service.Address, "/api/auth/login");

        await Until.AsWantedAsync(() => StatusAsync(anyone, "/openapi/v1.json"), status => status == HttpStatusCode.ServiceUnavailable, Limit);
        var refused = await anyone.GetAsync("/openapi/v1.json");

        refused.MediaType.Should().Be("application/problem+json");
        refused.Member("error_code").GetString().Should().Be("RATE_LIMIT_EXCEEDED");
        refused.RetryAfter.Should().Be(TimeSpan.FromSeconds(1));
        foreach (var probe in (string[])["/health/live", "/health/ready", "/api/cache/health", "/api/dashboard/health"])
        {
            (await anyone.GetAsync(probe)).Status.Should().Be(HttpStatusCode.OK);
        }

        first.Dispose();
        await Until.AsWantedAsync(() => StatusAsync(anyone, "/openapi/v1.json"), status => status == HttpStatusCode.OK, Limit);
    }

    [Theory]
    [InlineData("6000", HttpStatusCode.TooManyRequests)]
    [InlineData("0", HttpStatusCode.OK)]
    public async Task Requests_WhenOneUserHasTooManyUnderWay_Are429ForThatUserUnlessLimitsAreOff(string rate, HttpStatusCode expected)
    {
        await using var service = await ServiceProcess.StartAsync(servers.Embedded(("Limits__RequestsPerUser", "1"), ("RATE_LIMIT_PER_MINUTE", rate)));
        using var greedy = await Api.RegisteredAsync(service.Address);
        using var other = await Api.RegisteredAsync(service.Address);
        using var held = await RawRequest.WithEndlessBodyAsync(service.Address, "/api/experiments", greedy.Token);

        await Until.AsWantedAsync(() => StatusAsync(greedy, "/api/auth/me"), status => status == expected, Limit);
        var answer = await greedy.GetAsync("/api/auth/me");

        if (expected == HttpStatusCode.TooManyRequests)
        {
            answer.Member("error_code").GetString().Should().Be("RATE_LIMIT_EXCEEDED");
            answer.RetryAfter.Should().Be(TimeSpan.FromSeconds(1));
        }

        (await other.GetAsync("/api/auth/me")).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Requests_WhenOneAddressHasTooManyUnderWay_Are429ForThatAddressWhoeverIsSignedIn()
    {
        // Half of all for an address: three.
        await using var service = await ServiceProcess.StartAsync(servers.Embedded(
            ("Limits__RequestsPerUser", "1"), ("Limits__Requests", "6"), ("ForwardedHeaders__KnownProxies__0", "127.0.0.1")));
        var users = new List<Api>();
        for (var count = 0; count < 4; count++)
        {
            users.Add(await Api.RegisteredAsync(service.Address));
        }

        using var http = new HttpClient { BaseAddress = service.Address };
        using var held = new Held(await Task.WhenAll(users.Take(3).Select(user => RawRequest.WithEndlessBodyAsync(service.Address, "/api/experiments", user.Token))));

        (await StatusAsync(http, "/api/auth/me", users[3])).Should().Be(HttpStatusCode.TooManyRequests);
        (await StatusAsync(http, "/api/auth/me", users[3], "192.0.2.2")).Should().Be(HttpStatusCode.OK);
        users.ForEach(user => user.Dispose());
    }

    [Fact]
    public async Task Requests_WhenSlowReadersOfThePageTakeAllOfAnAddress_Are429ForThatAddress()
    {
        await using var service = await ServiceProcess.StartAsync(servers.Embedded(
            ("Limits__RequestsPerUser", "1"), ("Limits__Requests", "6"), ("ForwardedHeaders__KnownProxies__0", "127.0.0.1")));
        using var http = new HttpClient { BaseAddress = service.Address };
        var readers = new List<RawClient>();
        for (var count = 0; count < 3; count++)
        {
            // More than fits into the buffers between, and not read.
            var reader = await RawClient.ConnectAsync(service.Address, receiveBuffer: 4096);
            readers.Add(reader);
            for (var i = 0; i < 10; i++)
            {
                await reader.SendAsync("GET /swagger/swagger-ui-bundle.js HTTP/1.1\r\nHost: service\r\n\r\n");
            }

            (await reader.ReadTextAsync(12)).Should().StartWith("HTTP/1.1 200");
        }

        // A reader may be between two of its answers; once its buffers are full it is not.
        await Until.AsWantedAsync(() => StatusAsync(http, "/openapi/v1.json"), status => status == HttpStatusCode.TooManyRequests, Limit);
        (await StatusAsync(http, "/openapi/v1.json", client: "192.0.2.2")).Should().Be(HttpStatusCode.OK);
        readers.ForEach(reader => reader.Dispose());
    }

    [Fact]
    public async Task Passwords_WhenOneAddressHasTooManyHashed_Are429ForThatAddressAndNothingElseIs()
    {
        await using var app = Service.Build(
            [$"--DATA_DIR={servers.Embedded()["DATA_DIR"]}", "--urls=http://127.0.0.1:0", "--ForwardedHeaders:KnownProxies:0=127.0.0.1", "--Logging:LogLevel:Default=None"]);
        await app.StartAsync();
        using var user = await Api.RegisteredAsync(new Uri(app.Urls.Single()));
        var places = app.Services.GetRequiredService<PasswordPlaces>();
        var taken = Enumerable.Range(0, PasswordPlaces.AnAddress).Select(_ => places.Take("127.0.0.1")).ToList();
        var (login, register, password) = (
            new { email = "nobody@example.org", password = "a-wrong-password" },
            new { email = "new@example.org", username = "new", password = "a-password" },
            new { current_password = "a-wrong-password", new_password = "a-new-password" });

        (await user.PostAsync("/api/auth/login", login)).Status.Should().Be(HttpStatusCode.TooManyRequests);
        (await user.PostAsync("/api/auth/register", register)).Status.Should().Be(HttpStatusCode.TooManyRequests);
        var refused = await user.PostAsync("/api/auth/password", password);
        (refused.Status, refused.RetryAfter).Should().Be((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(1)));
        (await user.GetAsync("/api/auth/me")).Status.Should().Be(HttpStatusCode.OK);
        using var elsewhere = places.Take("192.0.2.2");

        taken[0].Dispose();
        (await user.PostAsync("/api/auth/login", login)).Status.Should().Be(HttpStatusCode.Unauthorized, "there is a place again");
        (await user.PostAsync("/api/auth/login", login)).Status.Should().Be(HttpStatusCode.Unauthorized, "and it was given back");
        taken.ForEach(place => place.Dispose());
        await app.StopAsync();
    }

    [Fact]
    public async Task Request_WhenItTakesTooLong_Is503WithAProblem()
    {
        await using var service = await ServiceProcess.StartAsync(servers.Embedded(("Limits__RequestTimeout", "00:00:01")));
        using var slow = await RawRequest.WithEndlessBodyAsync(service.Address, "/api/auth/login");

        var answer = await slow.ReadUntilAsync("error_id", Limit);

        answer.Should().StartWith("HTTP/1.1 503").And.Contain("application/problem+json").And.Contain("RATE_LIMIT_EXCEEDED").And.Contain("Retry-After: 1").And.Contain("X-Correlation-ID");
    }

    [Theory]
    [InlineData(200, 10)]
    [InlineData(1, 40_000)]
    public async Task Request_WhenItsHeadersAreTooManyOrTooLong_IsRefused(int count, int length)
    {
        await using var service = await ServiceProcess.StartAsync(servers.Embedded());
        var headers = string.Concat(Enumerable.Range(0, count).Select(number => $"X-Header-{number}: {new string('x', length)}\r\n"));
        using var request = await RawRequest.SendAsync(service.Address, $"GET /health/live HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");

        (await request.ReadUntilAsync("\r\n\r\n", Limit)).Should().StartWith("HTTP/1.1 431");
    }

    [Fact]
    public async Task AdministratorsKey_WhenWrongTenTimes_IsHeldBackForThatAddress()
    {
        const string Key = "the-right-key-0123456789";
        await using var service = await ServiceProcess.StartAsync(servers.Embedded(("Authentication__AdminApiKey", Key), ("ForwardedHeaders__KnownProxies__0", "127.0.0.1")));
        using var http = new HttpClient { BaseAddress = service.Address };
        for (var count = 0; count < 10; count++)
        {
            (await AskAsync("a-wrong-key-0123456789", "192.0.2.1")).Should().Be(HttpStatusCode.Unauthorized);
        }

        (await AskAsync(Key, "192.0.2.1")).Should().Be(HttpStatusCode.TooManyRequests, "the key is not even compared");
        (await AskAsync(Key, "192.0.2.2")).Should().Be(HttpStatusCode.OK);
        foreach (var audited in (string[])["NeuroLab.Audit[9010]", "NeuroLab.Audit[9004]"])
        {
            await service.WritesAsync(audited, Limit);
        }

        async Task<HttpStatusCode> AskAsync(string key, string client)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/cache/stats");
            request.Headers.Add("X-Admin-API-Key", key);
            request.Headers.Add("X-Forwarded-For", client);
            using var answer = await http.SendAsync(request);
            return answer.StatusCode;
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(Api api, string path) => (await api.GetAsync(path)).Status;

    /// <summary>Asks as a client of the address behind a proxy, or as one of this machine.</summary>
    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path, Api? user = null, string? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (user is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", user.Token);
        }

        if (client is not null)
        {
            request.Headers.Add("X-Forwarded-For", client);
        }

        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    private sealed record Held(IReadOnlyList<RawRequest> Requests) : IDisposable
    {
        public void Dispose()
        {
            foreach (var request in Requests)
            {
                request.Dispose();
            }
        }
    }
}
