using System.Net;
using Npgsql;

namespace NeuroLab.IntegrationTests.EndToEnd;

/// <summary>What clients see of a PostgreSQL that goes and comes.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class DatabaseOutageTests(Servers servers) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        servers.Postgres.Thaw();
        await servers.Postgres.RestartAsync(asStandby: false);
    }

    [Fact]
    public async Task Dashboard_WhenPostgresBecomesAStandby_IsNotLoadedThere()
    {
        var settings = await servers.SharedAsync(("CACHE_DEFAULT_TTL", "1"));
        await using var service = await ServiceProcess.StartAsync(settings);
        using var user = await Api.RegisteredAsync(service.Address);
        await user.RunExperimentAsync();
        (await user.SummaryAsync()).Total.Should().Be(1);

        await servers.Postgres.RestartAsync(asStandby: true);
        var before = await SessionsAsync();
        await Until.AsWantedAsync(SessionsAsync, sessions => sessions >= before + 3, Patience);

        // It has asked more than once, and would be answered with what the standby knows: that may be of long ago.
        ShouldBeUnavailable(await user.GetAsync("/api/dashboard/recent"));
        var stale = await user.SummaryAsync();
        (stale.Status, stale.IsStale, stale.Total).Should().Be((HttpStatusCode.OK, true, 1));
        await service.WritesAsync("The server is a standby", Patience);

        await servers.Postgres.RestartAsync(asStandby: false);

        await Until.AsWantedAsync(user.SummaryAsync, answer => answer.Status == HttpStatusCode.OK && !answer.IsStale, Patience);
        await user.RunExperimentAsync();
        (await user.SummaryAsync()).Total.Should().Be(2);

        async Task<long> SessionsAsync()
        {
            await using var connection = new NpgsqlConnection(servers.Postgres.AdminConnectionString);
            await connection.OpenAsync();
            await using var count = new NpgsqlCommand("SELECT sessions FROM pg_stat_database WHERE datname = @name", connection);
            count.Parameters.AddWithValue("name", new NpgsqlConnectionStringBuilder(settings["ConnectionStrings__Postgres"]).Database!);
            return (long)(await count.ExecuteScalarAsync())!;
        }
    }

    [Fact]
    public async Task Dashboard_WhenPostgresStops_IsServedStaleUntilItIsBack()
    {
        await using var service = await ServiceProcess.StartAsync(await servers.SharedAsync(("CACHE_DEFAULT_TTL", "1")));
        using var user = await Api.RegisteredAsync(service.Address);
        await user.RunExperimentAsync();
        var before = await user.SummaryAsync();
        (before.Source, before.Total).Should().Be(("origin", 1));

        await servers.Postgres.StopAsync();

        var answers = new List<Answer>();
        await Until.AsWantedAsync(
            async () =>
            {
                var answer = await user.SummaryAsync();
                answers.Add(answer);
                return answer;
            },
            answer => answer.Status != HttpStatusCode.OK || answer.StaleReason is not (null or "unverified"),
            Patience);
        answers.Should().OnlyContain(answer => answer.Status == HttpStatusCode.OK, "the user stays signed in and is answered");
        answers.Should().OnlyContain(answer => answer.Elapsed < TimeSpan.FromSeconds(4), "a try that is waited for takes 5 s");
        var stale = answers[^1];
        (stale.IsStale, stale.IsHit, stale.Source, stale.Total).Should().Be((true, true, "stale", 1));
        stale.StaleReason.Should().BeOneOf("origin_error", "origin_timeout", "circuit_open");

        // Dashboards that were never read: nothing to serve.
        var unread = await user.GetAsync("/api/dashboard/recent");
        ShouldBeUnavailable(unread);
        var refused = await Until.AsWantedAsync(
            () => user.GetAsync("/api/dashboard/charts"), answer => answer.Member("error_code").GetString() == "CIRCUIT_BREAKER_OPEN", Patience);
        ShouldBeUnavailable(refused);

        // The breaker is open: nobody waits for the database. The median, because the machine may be busy with something else once.
        var times = new List<TimeSpan>();
        for (var i = 0; i < 15; i++)
        {
            var answer = await user.SummaryAsync();
            (answer.Status, answer.IsStale).Should().Be((HttpStatusCode.OK, true));
            times.Add(answer.Elapsed);
        }

        times.Order().ElementAt(times.Count / 2).Should().BeLessThan(TimeSpan.FromMilliseconds(100));

        await servers.Postgres.StartAsync();

        await Until.AsWantedAsync(user.SummaryAsync, answer => answer.Status == HttpStatusCode.OK && !answer.IsStale, Patience);
        await user.RunExperimentAsync();
        (await user.SummaryAsync()).Total.Should().Be(2);
        (await user.GetAsync("/api/dashboard/recent")).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Dashboard_WhenPostgresFreezes_IsServedStaleWithinTwoSeconds()
    {
        await using var service = await ServiceProcess.StartAsync(await servers.SharedAsync(("CACHE_DEFAULT_TTL", "1")));
        using var user = await Api.RegisteredAsync(service.Address);
        await user.RunExperimentAsync();
        (await user.SummaryAsync()).Total.Should().Be(1);

        servers.Postgres.Freeze();

        var answers = new List<Answer>();
        await Until.AsWantedAsync(
            async () =>
            {
                var answer = await user.SummaryAsync();
                answers.Add(answer);
                return answer;
            },
            answer => answer.Status != HttpStatusCode.OK || answer.StaleReason is not (null or "unverified"),
            Patience);
        answers.Should().OnlyContain(answer => answer.Status == HttpStatusCode.OK);
        answers.Max(answer => answer.Elapsed).Should().BeLessThan(TimeSpan.FromSeconds(4), "a read waits for the journal (1 s) and for the load (1 s) at most, and not for a try of 5 s");

        servers.Postgres.Thaw();

        await Until.AsWantedAsync(user.SummaryAsync, answer => answer.Status == HttpStatusCode.OK && !answer.IsStale, Patience);
    }

    [Fact]
    public async Task Start_WhenPostgresIsUnreachable_ReportsUnhealthyAndRecovers()
    {
        var settings = await servers.SharedAsync(("Cache__Database__StartupWait", "00:00:01"));
        await servers.Postgres.StopAsync();

        await using var service = await ServiceProcess.StartAsync(settings);
        using var anyone = new Api(service.Address);
        (await anyone.GetAsync("/health/live")).Status.Should().Be(HttpStatusCode.OK);
        await Until.AsWantedAsync(() => anyone.GetAsync("/api/cache/health"), answer => answer.Member("redis_cache").GetProperty("status").GetString() == "healthy", Patience);
        (await anyone.GetAsync("/health/ready")).Status.Should().Be(HttpStatusCode.ServiceUnavailable);
        var health = await anyone.GetAsync("/api/dashboard/health");
        (health.Status, health.Member("status").GetString()).Should().Be((HttpStatusCode.ServiceUnavailable, "unhealthy"));
        ShouldBeUnavailable(await anyone.PostAsync("/api/auth/register", new { email = "early@example.org", username = "early", password = Api.Password }));

        await servers.Postgres.StartAsync();

        await Until.AsWantedAsync(() => anyone.GetAsync("/health/ready"), answer => answer.Status == HttpStatusCode.OK, Patience);

        // The key that tokens are signed with is read a second after the last failure: until then who signs in is told to wait.
        using var user = new Api(service.Address);
        (await user.PostAsync("/api/auth/register", new { email = user.Email, username = "early", password = Api.Password })).Status.Should().Be(HttpStatusCode.Created);
        await Until.AsWantedAsync(
            () => user.PostAsync("/api/auth/login", new { email = user.Email, password = Api.Password }), answer => answer.Status == HttpStatusCode.OK, Patience);
        await user.SignInAsync(user.Email, Api.Password);
        await user.RunExperimentAsync();
        (await user.SummaryAsync()).Total.Should().Be(1);
    }

    private static void ShouldBeUnavailable(Answer answer)
    {
        (answer.Status, answer.MediaType).Should().Be((HttpStatusCode.ServiceUnavailable, "application/problem+json"), answer.Text);
        answer.RetryAfter.Should().BeGreaterThan(TimeSpan.Zero);
        answer.Member("status").GetInt32().Should().Be(503);
        answer.Member("error_code").GetString().Should().BeOneOf("DATABASE_ERROR", "CIRCUIT_BREAKER_OPEN");
        answer.Member("retry_after").GetInt32().Should().BePositive();
        answer.Member("error_id").GetString().Should().NotBeNullOrEmpty();
        answer.Text.Should().NotContainAny("Npgsql", "   at ", "127.0.0.1", "SELECT");
    }
}
