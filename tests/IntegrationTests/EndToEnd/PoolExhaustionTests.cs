using System.Net;
using Npgsql;

namespace NeuroLab.IntegrationTests.EndToEnd;

/// <summary>What clients see when no connection to PostgreSQL is left: what is cached, or a bounded wait.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class PoolExhaustionTests(Servers servers)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The wait for a connection (3 s) or for a try (5 s), and some time on a busy machine.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(7);

    [Fact]
    public async Task Requests_WhenThePoolIsExhausted_AreAnsweredFromTheCacheOrRefusedInTime()
    {
        var settings = await servers.SharedAsync(Servers.Patient);
        settings["ConnectionStrings__Postgres"] += ";Maximum Pool Size=5";
        await using var service = await ServiceProcess.StartAsync(settings);
        using var user = await Api.RegisteredAsync(service.Address);
        await user.RunExperimentAsync();
        (await user.SummaryAsync()).Total.Should().Be(1);
        await using var held = await TableLock.OnReadsAsync(settings["ConnectionStrings__Postgres"]);
        var slow = ((string[])["7d", "30d", "90d", "all", "all&experiment_type=eeg"]).Select(period => user.GetAsync($"/api/dashboard/charts?period={period}")).ToList();
        await held.WaitForAsync(slow.Count);

        for (var round = 0; round < 3; round++)
        {
            await ShouldAnswerWhatItCanAsync(user, round);
        }

        await held.DisposeAsync();
        (await Task.WhenAll(slow)).Should().OnlyContain(answer => answer.Status == HttpStatusCode.OK);
        await ShouldHealAsync(user, total: 2);
    }

    [Fact]
    public async Task Requests_WhenTheServerTakesNoMoreConnections_AreAnsweredFromTheCacheOrRefusedInTime()
    {
        var settings = await servers.SharedAsync();
        // Superusers have connections of their own in reserve: the service is nobody special here.
        var owner = new NpgsqlConnectionStringBuilder(settings["ConnectionStrings__Postgres"]) { Pooling = false };
        var role = $"nobody_{owner.Database}";
        await using var superuser = new NpgsqlConnection(owner.ConnectionString);
        await superuser.OpenAsync();
        await ExecuteAsync(superuser, $"CREATE ROLE {role} LOGIN; GRANT ALL ON DATABASE {owner.Database} TO {role}; ALTER SCHEMA public OWNER TO {role}");
        settings["ConnectionStrings__Postgres"] = new NpgsqlConnectionStringBuilder(settings["ConnectionStrings__Postgres"]) { Username = role }.ConnectionString;
        await using var service = await ServiceProcess.StartAsync(settings);
        using var user = await Api.RegisteredAsync(service.Address);
        await user.RunExperimentAsync();
        (await user.SummaryAsync()).Total.Should().Be(1);

        var taken = new List<NpgsqlConnection>();
        try
        {
            await TakeAllAsync(new NpgsqlConnectionStringBuilder(owner.ConnectionString) { Username = role, ApplicationName = "greedy" }.ConnectionString, taken, superuser);
            for (var round = 0; round < 3; round++)
            {
                await ShouldAnswerWhatItCanAsync(user, round);
            }
        }
        finally
        {
            foreach (var connection in taken)
            {
                await connection.DisposeAsync();
            }
        }

        await ShouldHealAsync(user, total: 2);
    }

    private static async Task ShouldAnswerWhatItCanAsync(Api user, int round)
    {
        var cached = await user.SummaryAsync();
        (cached.Status, cached.IsHit, cached.Total).Should().Be((HttpStatusCode.OK, true, 1));
        cached.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(3), "a reader waits for the journal for 1 s at most");
        (cached.StaleReason ?? "unverified").Should().Be("unverified");
        var me = await user.GetAsync("/api/auth/me");
        (me.Status, me.Elapsed < TimeSpan.FromSeconds(2.5)).Should().Be((HttpStatusCode.OK, true), "who is signed in is recognised without the database");
        var answers = await Task.WhenAll(
            user.GetAsync($"/api/experiments?offset={round}"),
            user.GetAsync($"/api/dashboard/recent?limit={round + 1}"),
            user.PostAsync("/api/experiments", new { name = "n", experiment_type = "memory" }),
            user.PostAsync("/api/auth/login", new { email = user.Email, password = Api.Password }));
        foreach (var answer in answers)
        {
            (answer.Status, answer.MediaType).Should().Be((HttpStatusCode.ServiceUnavailable, "application/problem+json"), answer.Text);
            answer.RetryAfter.Should().BeGreaterThan(TimeSpan.Zero);
            answer.Member("error_code").GetString().Should().BeOneOf("DATABASE_ERROR", "CIRCUIT_BREAKER_OPEN");
            answer.Elapsed.Should().BeLessThan(Bound);
            answer.Text.Should().NotContainAny("Npgsql", "pool", "connections", "53300");
        }
    }

    private static async Task ShouldHealAsync(Api user, int total)
    {
        await Until.AsWantedAsync(() => user.PostAsync("/api/experiments", new { name = "n", experiment_type = "memory" }), answer => answer.Status == HttpStatusCode.Created, Patience);
        var summary = await Until.AsWantedAsync(user.SummaryAsync, answer => answer is { Status: HttpStatusCode.OK, IsStale: false }, Patience);
        summary.Total.Should().Be(total);
        (await user.GetAsync("/api/experiments")).Status.Should().Be(HttpStatusCode.OK);
        await user.SignInAsync(user.Email, Api.Password);
    }

    /// <summary>Opens connections until the server refuses one, ends those of the service, and takes theirs as well.</summary>
    private static async Task TakeAllAsync(string connectionString, List<NpgsqlConnection> taken, NpgsqlConnection superuser)
    {
        const string Ours = "FROM pg_stat_activity WHERE application_name = 'neurolab' AND datname = current_database()";
        for (var refusals = 0; ;)
        {
            try
            {
                var connection = new NpgsqlConnection(connectionString);
                taken.Add(connection);
                await connection.OpenAsync();
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.TooManyConnections)
            {
                if (await ExecuteAsync(superuser, $"SELECT count(*) {Ours}") == 0)
                {
                    // One that only just begins has no name yet.
                    if (++refusals == 2)
                    {
                        return;
                    }

                    await Task.Delay(250);
                    continue;
                }

                refusals = 0;
                await ExecuteAsync(superuser, $"SELECT count(pg_terminate_backend(pid)) {Ours}");
            }
        }
    }

    private static async Task<long> ExecuteAsync(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // The statements are those above.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync() is long number ? number : 0;
    }
}
