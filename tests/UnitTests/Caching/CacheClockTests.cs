using Microsoft.Extensions.Time.Testing;
using NeuroLab.Infrastructure.Caching.Engine;

namespace NeuroLab.UnitTests.Caching;

public sealed class CacheClockTests
{
    [Fact]
    public void NowOrLater_OfTheSystemsClock_IsNeverEarlierThanNow()
    {
        var clock = new CacheClock(TimeProvider.System);
        for (var i = 0; i < 1_000_000; i++)
        {
            var now = clock.Now;
            if (clock.NowOrLater < now)
            {
                Assert.Fail("It calls fresh what may be over.");
            }
        }
    }

    [Fact]
    public void WallAt_WhenTheWallClockIsSet_IsTheNewTimeForAllThatFollows()
    {
        var time = new SteppedProvider();
        var clock = new CacheClock(time);
        var loaded = clock.Now;
        clock.WallAt(loaded).Should().Be(time.Wall);

        time.Wall += TimeSpan.FromHours(1);

        clock.WallAt(loaded).Should().Be(time.Wall);
        clock.WallAt(loaded + 10).Should().Be(time.Wall.AddTicks(10));
    }

    /// <summary>A wall clock that can be set while the monotonic one stands still.</summary>
    private sealed class SteppedProvider : FakeTimeProvider
    {
        public DateTime Wall { get; set; } = new(2026, 11, 1, 12, 0, 0, DateTimeKind.Utc);

        public override DateTimeOffset GetUtcNow() => Wall;

        public override long GetTimestamp() => 1;
    }
}
