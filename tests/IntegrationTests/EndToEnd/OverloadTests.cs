using System.Net;

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
        service.Output.Should().Contain("NeuroLab.Audit[9010]").And.Contain("NeuroLab.Audit[9004]");

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
}
