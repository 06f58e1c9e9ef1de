using System.Net;

namespace NeuroLab.IntegrationTests.EndToEnd.Metrics;

/// <summary>
/// A service on PostgreSQL and Redis that was used, and then lost both: whatever it can measure, it has. What it was given that is somebody's own is marked.
/// </summary>
public sealed class ScrapedService(Servers servers) : IAsyncLifetime
{
    private const string AdminKey = "marker-admin-key-0123456789";
    private const string ExperimentName = "marker-experiment";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The last scrape.</summary>
    internal Scrape Scrape { get; private set; } = null!;

    /// <summary>The same in the format that Prometheus asks for first.</summary>
    internal string OpenMetrics { get; private set; } = "";

    /// <summary>All that was scraped.</summary>
    internal List<string> Texts { get; } = [];

    /// <summary>What must not be in a scrape.</summary>
    internal List<string> Markers { get; } = [AdminKey, ExperimentName, "marker", "dashboard:", "experiments:", "Bearer", "SELECT", "Password", "Host=", "Exception:"];

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        var settings = await servers.SharedAsync([.. Servers.Patient, ("Authentication__AdminApiKey", AdminKey), ("Cache__FailureThrottle", "00:00:00.100"), ("RATE_LIMIT_PER_MINUTE", "0")]);
        await using var service = await ServiceProcess.StartAsync(settings);
        using var admin = Api.Administrator(service.Address, AdminKey);
        using var user = await Api.RegisteredAsync(service.Address);
        await UseAsync(user, admin, settings["ConnectionStrings__Postgres"]);
        await LoseAsync(user, admin);
        OpenMetrics = await ScrapeAsPrometheusDoesAsync(service.Address);
        Texts.Add(OpenMetrics);
        Markers.AddRange([user.Email, user.Token!, Api.Password, "%3A"]);
    }

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        await servers.Redis.StartAsync();
        await servers.Postgres.StartAsync();
    }

    private static double Count(Scrape scrape, string name, params (string Name, string Value)[] labels) =>
        scrape.Sum($"neurolab_cache_{name}", [.. labels.Select(label => ($"neurolab_cache_{label.Name}", label.Value))]);

    private static async Task<string> ScrapeAsPrometheusDoesAsync(Uri address)
    {
        using var http = new HttpClient { BaseAddress = address };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Add("X-Admin-API-Key", AdminKey);
        request.Headers.TryAddWithoutValidation(
            "Accept", "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1");
        using var answer = await http.SendAsync(request);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/openmetrics-text");
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task UseAsync(Api user, Api admin, string database)
    {
        var me = (await user.GetAsync("/api/auth/me")).Member("id").GetString()!;
        var created = await user.PostAsync("/api/experiments", new { name = ExperimentName, experiment_type = "memory" });
        var experiment = created.Member("experiment").GetProperty("id").GetString()!;
        Markers.AddRange([me, me.Replace("-", "", StringComparison.Ordinal), experiment, created.ConsistencyToken!]);
        foreach (var path in (string[])["/api/dashboard/summary", "/api/dashboard/summary", $"/api/experiments/{experiment}", $"/api/experiments/{experiment}", $"/{ExperimentName}?{ExperimentName}"])
        {
            await user.GetAsync(path);
        }

        await using (var held = await TableLock.OnReadsAsync(database))
        {
            // One loads, the others join it.
            var waiting = Enumerable.Range(0, 3).Select(_ => user.GetAsync("/api/dashboard/charts")).ToList();
            await UntilAsync(admin, scrape => Count(scrape, "coalesced_total") == 2, "the others joined");
            await held.DisposeAsync();
            (await Task.WhenAll(waiting)).Should().OnlyContain(answer => answer.Status == HttpStatusCode.OK);
        }

        (await admin.PostAsync("/api/cache/clear", new { pattern = ExperimentName + ":*" })).Status.Should().Be(HttpStatusCode.OK);
        await UntilAsync(admin, scrape => scrape.Samples.Exists(sample => sample.Name == "neurolab_cache_journal_length") && scrape.Samples.Exists(sample => sample.Name == "neurolab_cache_redis_used_memory_bytes"), "the stores were asked");
    }

    private async Task LoseAsync(Api user, Api admin)
    {
        await servers.Redis.StopAsync();
        await user.GetAsync("/api/dashboard/recent");
        await UntilAsync(admin, scrape => Count(scrape, "redis_failures_total") > 0 && Count(scrape, "redis_available") == 0, "Redis is gone");
        await servers.Postgres.StopAsync();
        await UntilAsync(
            admin,
            scrape => Count(scrape, "stale_served_total", ("reason", "unverified")) > 0 && Count(scrape, "breaker_state", ("store", "database")) == 1
                && Count(scrape, "load_failures_total") > 0 && scrape.Sum("http_server_request_duration_seconds_count", ("http_response_status_code", "503")) > 0,
            "the database is gone",
            async () =>
            {
                await user.SummaryAsync();
                await user.GetAsync("/api/dashboard/recent?days=30");
            });
    }

    private async Task UntilAsync(Api admin, Func<Scrape, bool> wanted, string what, Func<Task>? meanwhile = null)
    {
        await Until.AsWantedAsync(
            async () =>
            {
                await (meanwhile?.Invoke() ?? Task.CompletedTask);
                var answer = await admin.GetAsync("/metrics");
                answer.Status.Should().Be(HttpStatusCode.OK, answer.Text);
                Texts.Add(answer.Text);
                Scrape = Scrape.Of(answer.Text);
                return wanted(Scrape) ? what : string.Join('\n', answer.Text.Split('\n').Where(line => line.StartsWith("neurolab", StringComparison.Ordinal) && !line.Contains("_bucket", StringComparison.Ordinal)));
            },
            answer => answer == what,
            Patience);
    }
}
