using System.Net;
using System.Net.Http.Headers;

namespace NeuroLab.IntegrationTests.EndToEnd.Metrics;

/// <summary>Who may scrape, and that nothing keeps them from it.</summary>
[Collection(ServersCollection.Name)]
public sealed class MetricsAccessTests(Servers servers)
{
    private const string AdminKey = "a-key-for-the-tests-0123456789";

    [Fact]
    public async Task Metrics_ByDefault_AreForAdministrators()
    {
        await using var service = await ServiceProcess.StartAsync(servers.Embedded(("Authentication__AdminApiKey", AdminKey)));
        using var anonymous = new Api(service.Address);
        using var user = await Api.RegisteredAsync(service.Address);
        using var admin = Api.Administrator(service.Address, AdminKey);
        using var wrong = Api.Administrator(service.Address, AdminKey + "!");

        (await anonymous.GetAsync("/metrics")).Status.Should().Be(HttpStatusCode.Unauthorized);
        (await user.GetAsync("/metrics")).Status.Should().Be(HttpStatusCode.Forbidden);
        (await wrong.GetAsync("/metrics")).Status.Should().Be(HttpStatusCode.Unauthorized);
        var scrape = await admin.GetAsync("/metrics");
        (scrape.Status, scrape.MediaType).Should().Be((HttpStatusCode.OK, "text/plain"));
        Scrape.Of(scrape.Text).Types.Should().Contain("neurolab_cache_requests_total", "counter");

        // Each attempt is checked, and each refusal logged: an address cannot have that as often as it likes.
        HttpStatusCode refused;
        for (var tries = 0; (refused = (await anonymous.GetAsync("/metrics")).Status) == HttpStatusCode.Unauthorized && tries < 200;)
        {
            tries++;
        }

        refused.Should().Be(HttpStatusCode.TooManyRequests);
        (await admin.GetAsync("/metrics")).Status.Should().Be(HttpStatusCode.OK, "nobody uses up what the scraper is given");
        (await anonymous.GetAsync("/health/ready")).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Metrics_WhenTurnedOff_AreNotThere()
    {
        await using var service = await ServiceProcess.StartAsync(servers.Embedded(("Metrics__Access", "off"), ("Authentication__AdminApiKey", AdminKey)));
        using var admin = Api.Administrator(service.Address, AdminKey);

        (await admin.GetAsync("/metrics")).Status.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Metrics_WhenOpenToAnyone_AreNotHeldBackByTheRateLimit()
    {
        await using var service = await ServiceProcess.StartAsync(servers.Embedded(("Metrics__Access", "anyone"), ("RATE_LIMIT_PER_MINUTE", "1")));
        using var anonymous = new Api(service.Address);

        await ScrapeAsync(anonymous);
        await anonymous.GetAsync("/api/nothing");
        (await anonymous.GetAsync("/api/nothing")).Status.Should().Be(HttpStatusCode.TooManyRequests);
        await ScrapeAsync(anonymous);
    }

    [Fact]
    public async Task Metrics_WhenThereIsTooMuchToDo_AreAnswered()
    {
        await using var service = await ServiceProcess.StartAsync(servers.Embedded(("Metrics__Access", "anyone"), ("RATE_LIMIT_PER_MINUTE", "0"), ("Limits__Requests", "1")));
        using var anonymous = new Api(service.Address);
        using var holding = new HttpClient { BaseAddress = service.Address };
        using var hangUp = new CancellationTokenSource();
        var never = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // A request whose body does not come takes the one place that there is.
        var held = holding.PostAsync("/api/auth/login", new NeverEnding(never.Task), hangUp.Token);
        await Until.AsWantedAsync(
            async () => Scrape.Of((await anonymous.GetAsync("/metrics")).Text).Sum("http_server_active_requests", ("http_request_method", "POST")), posts => posts > 0, TimeSpan.FromSeconds(20));
        (await anonymous.GetAsync("/api/nothing")).Status.Should().Be(HttpStatusCode.ServiceUnavailable);
        await ScrapeAsync(anonymous);

        await hangUp.CancelAsync();
        never.SetResult();
        await Record.ExceptionAsync(() => held);
    }

    [Fact]
    public async Task Start_WhenTheAccessIsUnknown_NamesTheSettingAndEnds()
    {
        var (code, output) = await ServiceProcess.RunToEndAsync(servers.Embedded(("Metrics__Access", "everyone")));

        code.Should().Be(1);
        output.Should().Contain("Metrics__Access").And.Contain("admin, anyone or off");
    }

    private static async Task ScrapeAsync(Api anonymous)
    {
        for (var i = 0; i < 20; i++)
        {
            (await anonymous.GetAsync("/metrics")).Status.Should().Be(HttpStatusCode.OK);
        }
    }

    /// <summary>A body of which nothing comes.</summary>
    private sealed class NeverEnding : HttpContent
    {
        private readonly Task _end;

        public NeverEnding(Task end)
        {
            _end = end;
            Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync();
            await _end;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 100;
            return true;
        }
    }
}
