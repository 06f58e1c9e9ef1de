using System.Text;
using System.Text.Json;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.WebApi.Freshness;

namespace NeuroLab.UnitTests.WebApi;

public sealed class FreshnessTests
{
    [Fact]
    public void CacheStatus_WhenHit_NamesTheTierAndTheRest()
    {
        FreshnessWords.CacheStatus(Samples.Fresh(CacheSource.Memory), forced: false, Samples.Now).Should().Be("NeuroLab; hit; ttl=211; detail=memory");
        FreshnessWords.CacheStatus(Samples.Fresh(CacheSource.Redis), forced: true, Samples.Now).Should().Be("NeuroLab; hit; ttl=211; detail=redis");
    }

    [Fact]
    public void CacheStatus_WhenFromTheOrigin_SaysWhy()
    {
        var origin = Samples.Fresh(CacheSource.Origin);

        FreshnessWords.CacheStatus(origin, forced: false, Samples.Now).Should().Be("NeuroLab; fwd=miss; stored; ttl=211");
        FreshnessWords.CacheStatus(origin, forced: true, Samples.Now).Should().Be("NeuroLab; fwd=request; stored; ttl=211");
        FreshnessWords.CacheStatus(origin with { FreshUntil = Samples.Now }, forced: false, Samples.Now).Should().Be("NeuroLab; fwd=miss; ttl=0");
    }

    [Theory]
    [InlineData(StaleReason.OriginError, "origin_error")]
    [InlineData(StaleReason.OriginTimeout, "origin_timeout")]
    [InlineData(StaleReason.CircuitOpen, "circuit_open")]
    [InlineData(StaleReason.Unverified, "unverified")]
    public void CacheStatus_WhenStale_SaysWhyAndForHowLong(StaleReason reason, string word) =>
        FreshnessWords.CacheStatus(Samples.Stale(reason), forced: false, Samples.Now).Should().Be($"NeuroLab; fwd=stale; ttl=-100; detail={word}");

    [Fact]
    public void CacheStatus_WhenOnlyUnverified_HasNoLifeLeftToPromise()
    {
        var unverified = Samples.Stale(StaleReason.Unverified) with { FreshUntil = Samples.Now.AddSeconds(50) };

        FreshnessWords.CacheStatus(unverified, forced: false, Samples.Now).Should().Be("NeuroLab; fwd=stale; ttl=0; detail=unverified");
    }

    [Fact]
    public void Age_WhenClocksDisagree_IsNeverNegative()
    {
        var ahead = Samples.Fresh(CacheSource.Redis) with { CachedAt = Samples.Now.AddMinutes(1), FreshUntil = Samples.Now.AddMinutes(-1) };

        FreshnessWords.Age(ahead, Samples.Now).Should().Be(0);
        FreshnessWords.AgeHeader(ahead, Samples.Now).Should().Be("0");
        FreshnessWords.TimeToLive(ahead, Samples.Now).Should().Be(0);
        FreshnessWords.AgeHeader(Samples.Fresh(CacheSource.Memory), Samples.Now).Should().Be("88");
    }

    [Fact]
    public void CacheControl_WhenStaleOrPartial_ForbidsKeeping()
    {
        FreshnessWords.CacheControl(Samples.Fresh(CacheSource.Memory)).Should().Be("private, no-cache");
        FreshnessWords.CacheControl(Samples.Stale(StaleReason.OriginError)).Should().Be("private, no-store");
        FreshnessWords.CacheControl(Samples.Fresh(CacheSource.Origin) with { FailedOperations = ["x"] }).Should().Be("private, no-store");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"a\":1}")]
    [InlineData("{\"a\":{\"b\":[{}]},\"c\":\"}\"}")]
    public void Splice_WhenTheValueIsAnObject_PutsFreshnessBesideItsMembers(string value)
    {
        var body = Spliced(value, Samples.Fresh(CacheSource.Memory));

        using var expected = JsonDocument.Parse(value);
        foreach (var member in expected.RootElement.EnumerateObject())
        {
            JsonElement.DeepEquals(body.GetProperty(member.Name), member.Value).Should().BeTrue();
        }

        body.EnumerateObject().Select(member => member.Name).Should().Equal(
            [.. expected.RootElement.EnumerateObject().Select(member => member.Name), "_cache_hit", "_stale_data", "_cached_at", "cache_info", "partial_failure", "failed_operations"]);
        body.GetProperty("_cache_hit").GetBoolean().Should().BeTrue();
        body.GetProperty("_cached_at").GetString().Should().Be("2026-03-01T11:58:31.5Z");
        body.GetProperty("cache_info").GetProperty("age_seconds").GetDouble().Should().Be(88.5);
        body.GetProperty("cache_info").GetProperty("ttl_seconds").GetDouble().Should().Be(211.75);
        body.GetProperty("cache_info").TryGetProperty("stale_reason", out _).Should().BeFalse();
    }

    [Fact]
    public void Splice_WhenStaleInvalidatedAndPartial_SaysEachOfThem()
    {
        var body = Spliced("{}", Samples.Stale(StaleReason.CircuitOpen) with { Invalidated = true, FailedOperations = ["trends", "\"quoted\""] });

        body.GetProperty("_cache_hit").GetBoolean().Should().BeTrue();
        body.GetProperty("_stale_data").GetBoolean().Should().BeTrue();
        var info = body.GetProperty("cache_info");
        info.GetProperty("source").GetString().Should().Be("stale");
        info.GetProperty("stale_reason").GetString().Should().Be("circuit_open");
        info.GetProperty("invalidated").GetBoolean().Should().BeTrue();
        info.GetProperty("ttl_seconds").GetDouble().Should().Be(0);
        body.GetProperty("partial_failure").GetBoolean().Should().BeTrue();
        body.GetProperty("failed_operations").EnumerateArray().Select(name => name.GetString()).Should().Equal("trends", "\"quoted\"");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("1")]
    public void Splice_WhenTheValueIsNoObject_Refuses(string value)
    {
        var splice = () => Spliced(value, Samples.Fresh(CacheSource.Memory));

        splice.Should().Throw<InvalidOperationException>();
    }

    private static JsonElement Spliced(string value, Freshness freshness) =>
        JsonDocument.Parse(RenderedAnswer.Body(Encoding.UTF8.GetBytes(value), freshness, Samples.Now)).RootElement;
}
