using System.Diagnostics;
using System.Net;

namespace NeuroLab.IntegrationTests.EndToEnd;

/// <summary>A start while neither PostgreSQL nor Redis can be reached.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class StartTests(Servers servers) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        servers.Postgres.Thaw();
        await servers.Redis.ThawAsync();
        await servers.Postgres.StopAsync();
        await servers.Postgres.StartAsync();
        await servers.Redis.StopAsync();
        await servers.Redis.StartAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_WhenBothStoresAreGoneOrFrozen_ReportsUnhealthyAndHeals(bool frozen)
    {
        var settings = await servers.SharedAsync(("Cache__Database__StartupWait", "00:00:01"));
        if (frozen)
        {
            servers.Postgres.Freeze();
            await servers.Redis.FreezeAsync();
        }
        else
        {
            await servers.Postgres.StopAsync();
            await servers.Redis.StopAsync();
        }

        var started = Stopwatch.GetTimestamp();
        await using var service = await ServiceProcess.StartAsync(settings);
        Stopwatch.GetElapsedTime(started).Should().BeLessThan(TimeSpan.FromSeconds(10), "PostgreSQL is waited for one second");
        using var user = new Api(service.Address);
        (await user.GetAsync("/health/live")).Status.Should().Be(HttpStatusCode.OK);
        var ready = await user.GetAsync("/health/ready");
        (ready.Status, ready.Elapsed < TimeSpan.FromSeconds(4)).Should().Be((HttpStatusCode.ServiceUnavailable, true));
        (await user.GetAsync("/api/cache/health")).Member("redis_cache").GetProperty("status").GetString().Should().Be("unavailable");
        var refused = await user.PostAsync("/api/auth/register", new { email = user.Email, username = "early", password = Api.Password });
        (refused.Status, refused.RetryAfter > TimeSpan.Zero).Should().Be((HttpStatusCode.ServiceUnavailable, true));

        if (frozen)
        {
            servers.Postgres.Thaw();
            await servers.Redis.ThawAsync();
        }
        else
        {
            await servers.Postgres.StartAsync();
            await servers.Redis.StartAsync();
        }

        await Until.AsWantedAsync(() => user.GetAsync("/api/dashboard/health"), health => health.Status == HttpStatusCode.OK && health.Member("status").GetString() == "healthy", Patience);
        (await user.PostAsync("/api/auth/register", new { email = user.Email, username = "early", password = Api.Password })).Status.Should().Be(HttpStatusCode.Created);
        await Until.AsWantedAsync(() => user.PostAsync("/api/auth/login", new { email = user.Email, password = Api.Password }), answer => answer.Status == HttpStatusCode.OK, Patience);
        await user.SignInAsync(user.Email, Api.Password);
        await user.HealthyAsync();
        await user.RunExperimentAsync();
        var loaded = await user.SummaryAsync();
        (loaded.Total, loaded.Source).Should().Be((1, "origin"));
        (await user.SummaryAsync()).Source.Should().Be("memory");
        await using var other = await ServiceProcess.StartAsync(Servers.With(settings, [("Cache__Database__StartupWait", "00:00:45"), Servers.PatientWithRedis]));
        using var there = user.At(other.Address);
        await there.HealthyAsync();
        (await there.SummaryAsync()).Source.Should().Be("redis", "what the first node stored is used by the second");
    }
}
