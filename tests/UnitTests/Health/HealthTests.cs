using Microsoft.Extensions.Time.Testing;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Health;
using NSubstitute;

namespace NeuroLab.UnitTests.Health;

public sealed class HealthTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _clock = new(Now);
    private readonly ICacheAdministration _cache = Substitute.For<ICacheAdministration>();
    private readonly IDatabaseHealth _database = Substitute.For<IDatabaseHealth>();

    [Theory]
    [InlineData(true, "disabled", 0, "healthy")]
    [InlineData(true, "healthy", 0, "healthy")]
    [InlineData(true, "unavailable", 0, "degraded")]
    [InlineData(true, "error", 9, "degraded")]
    [InlineData(false, "healthy", 0, "degraded")]
    [InlineData(false, "disabled", 1, "degraded")]
    [InlineData(false, "unavailable", 1, "degraded")]
    [InlineData(false, "disabled", 0, "unhealthy")]
    [InlineData(false, "unavailable", 0, "unhealthy")]
    public async Task Service_WhenItsPartsAreSo_IsReadyAsLongAsItCanAnswer(bool database, string redis, long entries, string expected)
    {
        Prepare(database, redis, entries);

        var health = await new GetServiceHealthHandler(_database, _cache, _clock).Handle(new GetServiceHealth(), default);
        var readiness = await new GetReadinessHandler(_database, _cache).Handle(new GetReadiness(), default);

        (health.Service, health.Status, health.Timestamp).Should().Be(("neurolab", expected, Now.UtcDateTime));
        health.Checks.Keys.Should().BeEquivalentTo("database", "memory_cache", "redis_cache");
        health.Checks["redis_cache"].Status.Should().Be(redis);
        readiness.Should().Be(new ReadinessResponse(expected != "unhealthy", expected));
    }

    [Theory]
    [InlineData(true, "healthy", 1.5)]
    [InlineData(false, "unhealthy", null)]
    public async Task Database_WhenAsked_IsHealthyExactlyWhenItAnswers(bool available, string expected, double? milliseconds)
    {
        Prepare(available, "healthy", 9);

        var health = await new GetDatabaseHealthHandler(_database, _clock).Handle(new GetDatabaseHealth(), default);

        health.Status.Should().Be(expected);
        health.Checks["database"].Should().Be(new HealthCheckResponse(expected, milliseconds, "sqlite, circuit closed"));
    }

    [Theory]
    [InlineData("healthy", true, "healthy")]
    [InlineData("disabled", true, "healthy")]
    [InlineData("unavailable", true, "degraded")]
    [InlineData("healthy", false, "degraded")]
    public async Task CacheTiers_WhenTheyAreSo_AreNeverUnhealthy(string redis, bool verified, string expected)
    {
        Prepare(true, redis, 3);
        _cache.IsVerified.Returns(verified);

        var health = await new GetCacheTierHealthHandler(_cache, _clock).Handle(new GetCacheTierHealth(), default);

        health.Status.Should().Be(expected);
        health.Checks["memory_cache"].Should().Be(new HealthCheckResponse("healthy", null, "3 entries"));
        health.Checks["redis_cache"].Should().Be(new HealthCheckResponse(redis, 0.25, null));
        health.Checks["freshness"].Status.Should().Be(verified ? "healthy" : "degraded");
    }

    [Fact]
    public async Task Service_WhenTheDatabaseWasNeverReached_IsUnhealthyWhateverRedisHolds()
    {
        Prepare(database: false, "healthy", entries: 1);
        _cache.SinceVerified.Returns((TimeSpan?)null);

        var health = await new GetServiceHealthHandler(_database, _cache, _clock).Handle(new GetServiceHealth(), default);
        var readiness = await new GetReadinessHandler(_database, _cache).Handle(new GetReadiness(), default);

        health.Status.Should().Be("unhealthy");
        readiness.Ready.Should().BeFalse();
    }

    private void Prepare(bool database, string redis, long entries)
    {
        _cache.SinceVerified.Returns(TimeSpan.FromMinutes(1));
        _database.CheckAsync(Arg.Any<CancellationToken>())
            .Returns(new DatabaseStatus(database, "sqlite", "closed", database ? TimeSpan.FromMilliseconds(1.5) : null));
        _cache.GetDistributedStatusAsync(Arg.Any<CancellationToken>())
            .Returns(new DistributedTierStatus { Status = redis, ResponseTime = TimeSpan.FromMilliseconds(0.25) });
        _cache.GetStatistics().Returns(new CacheStatistics
        {
            TotalEntries = entries,
            ExpiredEntries = 0,
            MaxEntries = 1000,
            SizeBytes = 0,
            Evictions = 0,
            HitsMemory = 0,
            HitsRedis = 0,
            Misses = 0,
            StaleServed = 0,
            Loads = 0,
            LoadFailures = 0,
            Coalesced = 0,
            Invalidations = 0,
            DefaultTimeToLive = TimeSpan.FromSeconds(300),
            DefaultStaleWindow = TimeSpan.FromSeconds(600),
        });
    }
}
