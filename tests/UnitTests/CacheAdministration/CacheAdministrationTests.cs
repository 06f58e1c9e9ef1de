using Microsoft.Extensions.Time.Testing;
using NeuroLab.Application.Abstractions.Auditing;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.CacheAdministration;
using NSubstitute;

namespace NeuroLab.UnitTests.CacheAdministration;

public sealed class CacheAdministrationTests
{
    private readonly IAuditLog _audit = Substitute.For<IAuditLog>();
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeMilliseconds(1_772_366_400_250));
    private readonly ICacheAdministration _cache = Substitute.For<ICacheAdministration>();

    public CacheAdministrationTests()
    {
        _cache.GetStatistics().Returns(Statistics());
        _cache.GetDistributedStatusAsync(Arg.Any<CancellationToken>()).Returns(new DistributedTierStatus
        {
            Status = "healthy", ConnectedClients = 3, UsedMemory = 1024, UsedMemoryHuman = "1.00K", KeyspaceHits = 5, KeyspaceMisses = 6,
        });
    }

    [Fact]
    public async Task Statistics_WhenCounted_AddUp()
    {
        var answer = await new GetCacheStatisticsHandler(_cache).Handle(new GetCacheStatistics(), default);

        answer.MemoryCache.Should().Be(new MemoryCacheStatistics(
            TotalEntries: 12, ExpiredEntries: 2, ActiveEntries: 10, TotalAccesses: 40, MaxSize: 1000, Hits: 26, Misses: 14, Evictions: 1, SizeBytes: 4096));
        answer.MemoryCache.TotalAccesses.Should().Be(answer.MemoryCache.Hits + answer.MemoryCache.Misses);
        answer.RedisCache.Should().Be(new RedisCacheStatistics(true, 3, 1024, "1.00K", 5, 6));
        answer.Config.Should().Be(new CacheConfigurationResponse(300, 600));
        answer.Requests.Should().Be(new CacheRequestStatistics(26, 4, 10, 2, 9, 1, 3, 7, 0.75));
    }

    [Fact]
    public async Task Statistics_WhenNothingWasAsked_HaveARatioOfZero()
    {
        _cache.GetStatistics().Returns(Statistics() with { HitsMemory = 0, HitsRedis = 0, Misses = 0 });
        _cache.GetDistributedStatusAsync(Arg.Any<CancellationToken>()).Returns(new DistributedTierStatus { Status = "disabled" });

        var answer = await new GetCacheStatisticsHandler(_cache).Handle(new GetCacheStatistics(), default);

        answer.Requests.HitRatio.Should().Be(0);
        answer.RedisCache.Should().Be(new RedisCacheStatistics(false, null, null, null, null, null));
    }

    [Theory]
    [InlineData("healthy", "healthy")]
    [InlineData("disabled", "healthy")]
    [InlineData("unavailable", "degraded")]
    [InlineData("error", "degraded")]
    public async Task Health_WhenRedisIsSo_IsDegradedOnlyWhereItIsConfiguredAndFails(string redis, string overall)
    {
        _cache.GetDistributedStatusAsync(Arg.Any<CancellationToken>()).Returns(new DistributedTierStatus { Status = redis });

        var answer = await new GetCacheHealthHandler(_cache, _clock).Handle(new GetCacheHealth(), default);

        answer.Should().Be(new CacheHealthResponse(new TierHealthResponse("healthy"), new TierHealthResponse(redis), overall, 1_772_366_400.25));
    }

    [Fact]
    public async Task Clear_WhenGivenAPattern_PurgesWhatMatchesIt()
    {
        var command = new ClearCache("dashboard:*");

        var answer = await new ClearCacheHandler(_audit, _clock).ExecuteAsync(command, default);

        command.Invalidations.Should().Equal(new Invalidation(InvalidationTarget.Pattern, "dashboard:*", IsPurge: true));
        answer.Timestamp.Should().Be(_clock.GetUtcNow().UtcDateTime);
        answer.Message.Should().NotBeEmpty();
        _audit.Received(1).Add(AuditAction.CacheClear, AuditOrigin.Console, "dashboard:*");
    }

    public static TheoryData<string> WrongPatterns => new() { "", "a\nb", "a\0", "\u0085", new string('*', 2049) };

    [Theory]
    [MemberData(nameof(WrongPatterns))]
    public void Validate_WhenThePatternIsWrong_NamesTheField(string pattern)
    {
        new ClearCacheValidator().Errors(new ClearCache(pattern)).Keys.Should().Equal("pattern");
        new ListCacheEntriesValidator().Errors(new ListCacheEntries(pattern, 1)).Keys.Should().Equal("pattern");
    }

    [Theory]
    [InlineData("*")]
    [InlineData("dashboard:[a-c]?\\*:é😀")]
    public void Validate_WhenThePatternIsRight_AcceptsWhatTheCacheAccepts(string pattern)
    {
        new ClearCacheValidator().Errors(new ClearCache(pattern)).Should().BeEmpty();
        new ClearCache(pattern).Invalidations.Should().ContainSingle();
    }

    [Fact]
    public void Validate_WhenNoPatternIsGiven_MattersOnlyWhereOneIsNeeded()
    {
        new ClearCacheValidator().Errors(new ClearCache(null!)).Keys.Should().Equal("pattern");
        new ListCacheEntriesValidator().Errors(new ListCacheEntries(null, 1000)).Should().BeEmpty();
        new ListCacheEntriesValidator().Errors(new ListCacheEntries(null, 0)).Keys.Should().Equal("limit");
        new ListCacheEntriesValidator().Errors(new ListCacheEntries(null, 1001)).Keys.Should().Equal("limit");
    }

    [Theory]
    [InlineData(null, "*", false, 12)]
    [InlineData("a:*", "a:*", false, 12)]
    [InlineData("a:*", "a:*", true, 1)]
    public async Task List_WhenAsked_PassesPatternAndLimitOnAndCountsWhereNotAllIsListed(string? pattern, string asked, bool isComplete, long total)
    {
        var entry = new CacheEntryInfo("a:1", "memory", 1, 2, 3, 4);
        _cache.ListAsync(CachePattern.Glob(asked), 7, Arg.Any<CancellationToken>()).Returns(new CacheListing([entry], isComplete));
        _cache.CountAsync(CachePattern.Glob(asked), Arg.Any<CancellationToken>()).Returns(12);

        var answer = await new ListCacheEntriesHandler(_cache).Handle(new ListCacheEntries(pattern, 7), default);

        answer.Entries.Should().Equal(entry);
        (answer.Count, answer.TotalMatching).Should().Be((1, total));
        await _cache.Received(isComplete ? 0 : 1).CountAsync(Arg.Any<CachePattern>(), Arg.Any<CancellationToken>());
    }

    private static CacheStatistics Statistics() => new()
    {
        TotalEntries = 12,
        ExpiredEntries = 2,
        MaxEntries = 1000,
        SizeBytes = 4096,
        Evictions = 1,
        HitsMemory = 26,
        HitsRedis = 4,
        Misses = 10,
        StaleServed = 2,
        Loads = 9,
        LoadFailures = 1,
        Coalesced = 3,
        Invalidations = 7,
        DefaultTimeToLive = TimeSpan.FromSeconds(300),
        DefaultStaleWindow = TimeSpan.FromSeconds(600),
    };
}
