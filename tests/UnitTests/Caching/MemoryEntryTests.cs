using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Engine;

namespace NeuroLab.UnitTests.Caching;

public sealed class MemoryEntryTests
{
    private static readonly DateTime Noon = new(2026, 11, 1, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Entry_WithoutDetails_Takes96Bytes()
    {
        var life = new EntryLife(0, TimeSpan.TicksPerHour, TimeSpan.TicksPerHour, 0, TimeSpan.TicksPerHour, long.MaxValue, Noon);
        var key = CacheKey.Of("a");
        var entries = new CacheEntry<string>[1000];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = new CacheEntry<string>(key, 0, 0, life, 1, "value", null);
        }

        ((GC.GetAllocatedBytesForCurrentThread() - before) / entries.Length).Should().Be(96);
        GC.KeepAlive(entries);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2047, 2047)]
    [InlineData(4095, 4095)]
    [InlineData(4097, 4096)]
    [InlineData(60_000, 60_000)]
    [InlineData(300_000, 299_904)]
    public void CoarseSpan_OfMilliseconds_IsRoundedDown(uint milliseconds, long expected) => CoarseSpan.Of(milliseconds).Milliseconds.Should().Be(expected);

    [Fact]
    public void CoarseSpan_OfAnyLength_IsNeverLongerAndOnePartIn2048ShorterAtMost()
    {
        var random = new Random(1);
        var previous = 0L;
        foreach (var milliseconds in Enumerable.Range(0, 100_000).Select(_ => (uint)random.NextInt64(1L << random.Next(1, 33))).Append(uint.MaxValue).Order())
        {
            var span = CoarseSpan.Of(milliseconds);
            span.IsEndless.Should().BeFalse();
            span.Milliseconds.Should().BeInRange(milliseconds - (milliseconds / 2048), milliseconds).And.BeGreaterThanOrEqualTo(previous).And.BeLessThan(CoarseSpan.Endless.Milliseconds);
            previous = span.Milliseconds;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(12_345_678)]
    [InlineData(-12_345_678)]
    [InlineData(TimeSpan.TicksPerDay * 12)]
    public void CachedAt_WhenTheClocksAreDaysApart_IsExactlyTheLoaders(long ahead)
    {
        var entry = Of(Noon.Ticks, Noon.AddTicks(ahead));

        entry.CachedAt.Should().Be(Noon.AddTicks(ahead));
        entry.LoadedAt.Should().BeInRange(Noon.Ticks - TimeSpan.TicksPerMillisecond + 1, Noon.Ticks);
    }

    [Fact]
    public void CachedAt_WhenAClockWasNotSet_IsTheLoadersToTheMinute()
    {
        Of(DateTime.UnixEpoch.Ticks, Noon).CachedAt.Should().BeCloseTo(Noon, TimeSpan.FromMinutes(1));
        Of(Noon.Ticks, DateTime.UnixEpoch).CachedAt.Should().BeCloseTo(DateTime.UnixEpoch, TimeSpan.FromMinutes(1));
        Of(Noon.Ticks, DateTime.MinValue).CachedAt.Should().BeBefore(Noon);
        Of(0, DateTime.MaxValue).CachedAt.Should().BeAfter(Noon);
    }

    [Fact]
    public void IsPlainlyFresh_UntilAnythingIsDue()
    {
        const long Second = TimeSpan.TicksPerSecond;
        Of(new EntryLife(0, 10 * Second, 10 * Second, 0, 10 * Second, long.MaxValue, default), (10 * Second) - 1, 10 * Second);
        Of(new EntryLife(0, 10 * Second, 10 * Second, 0, 4 * Second, long.MaxValue, default), (4 * Second) - 1, 4 * Second);
        Of(new EntryLife(0, 10 * Second, 10 * Second, 0, 10 * Second, 3 * Second, default), (3 * Second) - 1, 3 * Second);
        new Entry(new EntryLife(0, 5 * Second, 10 * Second, 0, 10 * Second, long.MaxValue, default)).IsPlainlyFresh(0).Should().BeFalse("one that slides is looked at closely");

        static void Of(EntryLife life, long last, long first)
        {
            var entry = new Entry(life);
            (entry.IsPlainlyFresh(0), entry.IsPlainlyFresh(last), entry.IsPlainlyFresh(first)).Should().Be((true, true, false));
        }
    }

    [Fact]
    public void TryBeginRefresh_IsTrueOnce_AndNothingIsDueThen()
    {
        const long Second = TimeSpan.TicksPerSecond;
        var entry = new Entry(new EntryLife(0, 10 * Second, 10 * Second, 0, 10 * Second, 2 * Second, default));
        entry.RefreshAt.Should().Be(2 * Second);

        entry.TryBeginRefresh().Should().BeTrue();

        entry.TryBeginRefresh().Should().BeFalse();
        entry.RefreshAt.Should().Be(long.MaxValue);
        entry.IsPlainlyFresh(5 * Second).Should().BeTrue();
    }

    [Fact]
    public void CountHit_AtTheEndOfTheCount_StaysThereAndLeavesTheUsesAlone()
    {
        var entry = new Entry(default);
        entry.Use();
        for (var i = 0; i < 20; i++)
        {
            entry.Use();
            entry.CountHit();
        }

        (entry.Uses, entry.Hits).Should().Be((7, 20));
        entry.SetUses(2);
        (entry.Uses, entry.Hits).Should().Be((2, 20));
    }

    private static Entry Of(long loadedAt, DateTime cachedAt) =>
        new(new EntryLife(loadedAt, loadedAt + TimeSpan.TicksPerHour, loadedAt + TimeSpan.TicksPerHour, 0, loadedAt + TimeSpan.TicksPerHour, long.MaxValue, cachedAt));

    private sealed class Entry(EntryLife life) : MemoryEntry(CacheKey.Of("a"), 0, 0, life, 1);
}
