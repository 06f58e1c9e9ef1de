using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Journal;

namespace NeuroLab.UnitTests.Caching;

public sealed class InvalidationIndexTests
{
    private static readonly CacheKey Key = CacheKey.Of("a:1:x");

    private static JournalRecord Record(long position, string pattern, bool purge = false) =>
        new(position, new Invalidation(InvalidationTarget.Pattern, pattern, purge), "test", DateTime.UnixEpoch);

    [Fact]
    public void Judge_WhenTheRecordIsAtTheLease_IsInvalidated()
    {
        var index = new InvalidationIndex(1000);
        index.Add([Record(5, "a:1:*")]);

        index.Judge(Key, [], 5, index.Epoch).Should().Be(Validity.Invalidated);
        index.Judge(Key, [], 6, index.Epoch).Should().Be(Validity.Valid);
    }

    [Fact]
    public void Judge_WhenTagged_FollowsTheTag()
    {
        var index = new InvalidationIndex(1000);
        index.Add([new JournalRecord(5, Invalidation.OfTag("t"), "test", DateTime.UnixEpoch)]);

        index.Judge(Key, ["s", "t"], 5, index.Epoch).Should().Be(Validity.Invalidated);
        index.Judge(Key, ["s"], 5, index.Epoch).Should().Be(Validity.Valid);
    }

    [Fact]
    public void Judge_WhenAnInvalidationFollowsAPurge_IsStillPurged()
    {
        var index = new InvalidationIndex(1000);
        index.Add([Record(5, "a:1:*", purge: true), Record(6, "a:1:*")]);

        index.Judge(Key, [], 5, index.Epoch).Should().Be(Validity.Purged);
        index.Judge(Key, [], 6, index.Epoch).Should().Be(Validity.Invalidated);
    }

    [Fact]
    public void Judge_WhenTheEpochIsOver_IsPurged()
    {
        var index = new InvalidationIndex(1000);
        var epoch = index.Epoch;

        index.Reset();

        index.Judge(Key, [], 5, epoch).Should().Be(Validity.Purged);
        index.Judge(Key, [], 5, index.Epoch).Should().Be(Validity.Valid);
    }

    [Fact]
    public void Add_WhenTheRecordIsKnown_DoesNotMoveTheVersion()
    {
        var index = new InvalidationIndex(1000);
        index.Add([Record(5, "a:1:*")]);
        var version = index.Version;

        index.Add([Record(5, "a:1:*"), Record(4, "a:1:*")]);

        index.Version.Should().Be(version);
    }

    [Fact]
    public void Add_WhenThereAreTooMany_ForgetsTheOlderHalfAndRaisesTheFloor()
    {
        var index = new InvalidationIndex(100);
        for (var i = 1; i <= 101; i++)
        {
            index.Add([Record(i, $"b:{i}:*")]);
        }

        index.Count.Should().BeLessThan(60);
        index.Judge(CacheKey.Of("b:10:x"), [], 10, index.Epoch).Should().NotBe(Validity.Valid);
        index.Judge(Key, [], 10, index.Epoch).Should().NotBe(Validity.Valid, "what is below the floor may have been overtaken for all that is known");
        index.Judge(Key, [], 102, index.Epoch).Should().Be(Validity.Valid);
        index.Judge(CacheKey.Of("b:101:x"), [], 101, index.Epoch).Should().Be(Validity.Invalidated);
    }

    [Fact]
    public async Task Judge_WhileRecordsAreAdded_NeverMissesOneThatWasThereBefore()
    {
        var index = new InvalidationIndex(500);
        using var stop = new CancellationTokenSource();
        long known = 0;
        var reader = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                var position = Volatile.Read(ref known);
                if (position > 0)
                {
                    index.Judge(CacheKey.Of($"p:{position}:x"), [], position, index.Epoch).Should().NotBe(Validity.Valid);
                }
            }
        });
        for (var i = 1; i <= 20_000; i++)
        {
            index.Add([Record(i, $"p:{i}:*")]);
            Volatile.Write(ref known, i);
        }

        await stop.CancelAsync();
        await reader;
    }
}
