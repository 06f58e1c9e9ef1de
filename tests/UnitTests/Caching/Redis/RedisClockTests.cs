using Microsoft.Extensions.Time.Testing;
using NeuroLab.Infrastructure.Caching.Redis;

namespace NeuroLab.UnitTests.Caching.Redis;

public sealed class RedisClockTests
{
    private static readonly DateTime StoreTime = new(2026, 5, 6, 7, 8, 9, DateTimeKind.Utc);
    private readonly FakeTimeProvider _node = new(new DateTimeOffset(1999, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void TryGetNow_WhenNothingIsLearntOrItIsForgotten_IsFalse()
    {
        var clock = new RedisClock(_node);
        clock.TryGetNow(out _, out _).Should().BeFalse();
        clock.Learn([(clock.Mark(), clock.Mark(), StoreTime)]);
        clock.TryGetNow(out _, out _).Should().BeTrue();
        clock.Forget();
        clock.TryGetNow(out _, out _).Should().BeFalse();
        clock.IsKnown.Should().BeFalse();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    [InlineData(100)]
    public void TryGetNow_WhereverInTheRoundTripTheStoreAnswered_HoldsTheTruth(int afterSendingMs)
    {
        var clock = new RedisClock(_node);
        var sent = clock.Mark();
        _node.Advance(TimeSpan.FromMilliseconds(100));
        clock.Learn([(sent, clock.Mark(), StoreTime.AddMilliseconds(afterSendingMs))]);
        _node.Advance(TimeSpan.FromSeconds(5));

        var truth = (long)(StoreTime.AddMilliseconds(5100) - DateTime.UnixEpoch).TotalMilliseconds;
        clock.TryGetNow(out var earliest, out var latest).Should().BeTrue();
        earliest.Should().BeLessThanOrEqualTo(truth);
        latest.Should().BeGreaterThanOrEqualTo(truth);
        (latest - earliest).Should().BeInRange(100, 102, "no more is unknown than the round trip");
    }

    [Fact]
    public void TryGetNow_WhenMastersDiffer_SpansThemAll()
    {
        var clock = new RedisClock(_node);
        clock.Learn([(clock.Mark(), clock.Mark(), StoreTime), (clock.Mark(), clock.Mark(), StoreTime.AddSeconds(3))]);

        clock.TryGetNow(out var earliest, out var latest);

        (latest - earliest).Should().BeInRange(3000, 3002);
    }
}
