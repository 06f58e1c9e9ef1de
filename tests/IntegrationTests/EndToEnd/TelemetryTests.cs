using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using NeuroLab.IntegrationTests.Fixtures;

namespace NeuroLab.IntegrationTests.EndToEnd;

/// <summary>What is sent to a collector of traces and metrics, what is not, and what a collector that does not work costs: nothing.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class TelemetryTests(Servers servers) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await servers.Postgres.StopAsync();
        await servers.Postgres.StartAsync();
    }

    [Fact]
    public async Task Export_WhenACollectorIsConfigured_SendsSpansAndMetricsWithoutUserData()
    {
        await using var collector = await Collector.StartAsync();
        await using var service = await ServiceProcess.StartAsync(await servers.SharedAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address.ToString()),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-collector-key=let-me-in"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "200"),
            ("OTEL_BSP_SCHEDULE_DELAY", "100")));
        using var user = await Api.RegisteredAsync(service.Address);
        var experiment = (await user.RunExperimentAsync()).Member("experiment").GetProperty("id").GetString()!;
        (await user.GetAsync($"/api/experiments/{experiment}?token=a-secret-query")).Status.Should().Be(HttpStatusCode.OK);
        await user.SummaryAsync();
        await user.SummaryAsync();
        await user.GetAsync("/nowhere/a-secret-path");

        string[] metrics = ["NeuroLab.Cache", "neurolab.cache.requests", "neurolab.cache.loads", "http.server.request.duration", "kestrel.active_connections", "dotnet.gc", "db.client.connection"];
        string[] spans = ["Microsoft.AspNetCore", "http.route", "/api/experiments/{id", "/api/dashboard/summary", "Npgsql", "postgresql", "NeuroLab.Cache", "cache.load", "cache.redis.read", "cache.origin", "GetDashboardSummary", "neurolab.cache.outcome"];
        await collector.HasAsync("/v1/metrics", metrics);
        await collector.HasAsync("/v1/traces", spans);

        // Failures, whose texts the drivers would send along.
        await servers.Postgres.StopAsync();
        await user.GetAsync("/api/dashboard/charts");
        await user.GetAsync("/api/dashboard/recent");
        await collector.HasAsync("/v1/traces", "exception.type", "NpgsqlException");

        var sent = collector.Everything();
        (sent.Contains("service.name", StringComparison.Ordinal), sent.Contains("neurolab", StringComparison.Ordinal)).Should().Be((true, true));
        string[] kept =
        [
            "a-secret", experiment, user.Email, user.Email[5..20], "Bearer", "SELECT", "INSERT", "Password", "Host=", "   at ", ".cs:line", "Connection refused",
            "dashboard:", "experiments:", "url.path", "url.query", "user_agent", "db.query.text", "db.npgsql.data_source",
        ];
        kept.Where(text => sent.Contains(text, StringComparison.Ordinal)).Should().BeEmpty("nothing of users, secrets, statements or texts of exceptions is sent");
        collector.Keys.Should().NotBeEmpty().And.OnlyContain(key => key == "let-me-in");
        service.Output.Should().NotContain("let-me-in");
    }

    [Theory]
    [InlineData("silent")]
    [InlineData("refusing")]
    [InlineData("nowhere")]
    public async Task Export_WhenTheCollectorDoesNotWork_CostsNoRequestAnythingAndTheEndLittle(string how)
    {
        using var silent = new SilentListener();
        var endpoint = how switch
        {
            "silent" => silent.Address.ToString(),
            "refusing" => $"http://127.0.0.1:{Ports.Free()}",
            _ => "http://collector.does-not-exist.invalid:4317",
        };
        await using var service = await ServiceProcess.StartAsync(servers.Embedded(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), ("OTEL_METRIC_EXPORT_INTERVAL", "100"), ("OTEL_BSP_SCHEDULE_DELAY", "50")));
        using var user = await Api.RegisteredAsync(service.Address);
        await user.RunExperimentAsync();
        await user.SummaryAsync();
        var answers = new List<Answer>();
        for (var i = 0; i < 300; i++)
        {
            answers.Add(await user.SummaryAsync());
        }

        if (how == "silent")
        {
            await silent.Called;
        }

        answers.Should().OnlyContain(answer => answer.Status == HttpStatusCode.OK && answer.Elapsed < TimeSpan.FromSeconds(5), "whoever waited for the collector would wait for 10 s");
        answers.Select(answer => answer.Elapsed).Order().ElementAt(answers.Count / 2).Should().BeLessThan(TimeSpan.FromMilliseconds(50));
        var started = TimeProvider.System.GetTimestamp();
        await service.SignalAsync("TERM");
        (await service.ExitAsync(Patience)).Should().Be(0);
        TimeProvider.System.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(9), "the last spans are waited for 2 s at most");
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:secret@collector:4317")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "secret-without-a-name")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "soon")]
    [InlineData("OTEL_METRIC_EXPORT_INTERVAL", "0")]
    public async Task Start_WhenASettingOfTheExporterIsWrong_NamesItAndEnds(string name, string value)
    {
        var settings = servers.Embedded(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4317"));
        settings[name] = value;

        var (code, output) = await ServiceProcess.RunToEndAsync(settings);

        (code, output.Trim().Split('\n').Length).Should().Be((1, 1), output);
        output.Should().StartWith(name).And.NotContain("secret");
    }

    /// <summary>A collector that keeps what it is sent, as the text in it.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly ConcurrentQueue<(string Path, string Text)> _received = new();
        private readonly ConcurrentQueue<string> _keys = new();

        private Collector()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            _app = builder.Build();
            _app.Run(async http =>
            {
                using var body = new MemoryStream();
                await http.Request.Body.CopyToAsync(body);
                _keys.Enqueue(http.Request.Headers["x-collector-key"].ToString());
                _received.Enqueue((http.Request.Path, Encoding.Latin1.GetString(body.ToArray())));
            });
        }

        public Uri Address => new(_app.Urls.Single());

        public IReadOnlyCollection<string> Keys => _keys;

        public static async Task<Collector> StartAsync()
        {
            var collector = new Collector();
            await collector._app.StartAsync();
            return collector;
        }

        /// <summary>All that came.</summary>
        public string Everything() => string.Join('\n', _received.Select(message => message.Text));

        /// <summary>Waits until all of these texts have come.</summary>
        public Task<string> HasAsync(string path, params string[] texts) => Until.AsWantedAsync(
            () => Task.FromResult(string.Join(", ", texts.Where(text => !_received.Any(message => message.Path == path && message.Text.Contains(text, StringComparison.Ordinal))))),
            missing => missing.Length == 0,
            Patience);

        public async ValueTask DisposeAsync() => await _app.DisposeAsync();
    }
}
