using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace NeuroLab.IntegrationTests.Http;

/// <summary>What a client sees while the database is away.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task Get_WhenTheDatabaseIsDown_AnswersWarmReadsMarkedAndColdOnesWith503()
    {
        var api = new ServersApi();
        await api.InitializeAsync();
        try
        {
            var user = await api.NewUserAsync();
            await user.GetAsync("/api/dashboard/summary");
            await api.Postgres.StopAsync();

            using var me = await user.Client.GetAsync("/api/auth/me");
            using var cold = await user.Client.GetAsync("/api/dashboard/recent?limit=7");
            using var forced = await user.Client.GetAsync("/api/dashboard/summary?force_refresh=true");
            using var command = await user.Client.PostAsJsonAsync("/api/experiments", new { name = "n", experiment_type = "memory" });

            me.StatusCode.Should().Be(HttpStatusCode.OK);
            (await cold.ProblemAsync(HttpStatusCode.ServiceUnavailable, "DATABASE_ERROR", "CIRCUIT_BREAKER_OPEN"))
                .GetProperty("retry_after").GetInt32().Should().BePositive();
            cold.Headers.RetryAfter.Should().NotBeNull();
            command.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);

            forced.StatusCode.Should().Be(HttpStatusCode.OK);
            var stale = await forced.Content.ReadFromJsonAsync<JsonElement>();
            stale.Flag("_stale_data").Should().BeTrue();
            stale.Source().Should().Be("stale");
            stale.GetProperty("cache_info").Text("stale_reason").Should().BeOneOf("origin_error", "origin_timeout", "circuit_open");
            forced.Headers.GetValues("Cache-Status").Single().Should().StartWith("NeuroLab; fwd=stale");
            forced.Headers.GetValues("Cache-Control").Single().Should().Contain("no-store");

            using var ready = await api.Anonymous.GetAsync("/health/ready");
            using var database = await api.Anonymous.GetAsync("/api/dashboard/health/database");
            ready.StatusCode.Should().Be(HttpStatusCode.OK);
            database.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
            (await database.Content.ReadFromJsonAsync<JsonElement>()).Text("status").Should().Be("unhealthy");

            await api.Postgres.StartAsync();
            var deadline = TimeProvider.System.GetTimestamp();
            HttpStatusCode status;
            do
            {
                using var again = await user.Client.GetAsync("/api/dashboard/recent?limit=7");
                status = again.StatusCode;
            }
            while (status != HttpStatusCode.OK && TimeProvider.System.GetElapsedTime(deadline) < TimeSpan.FromSeconds(20));

            status.Should().Be(HttpStatusCode.OK);
        }
        finally
        {
            await api.DisposeAsync();
        }
    }
}
