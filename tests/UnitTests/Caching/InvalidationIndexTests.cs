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
    public void Judge_WhenARecordIsForgotten_KeepsNoCopyOfAnEpochThatIsOver()
    {
        var index = new InvalidationIndex(100);
        var kept = index.Epoch;
        index.EndEpoch();
        index.KeepCopiesSince(kept);
        index.Add([Record(1, "a:1:*", purge: true)]).Should().BeTrue();
        index.Judge(CacheKey.Of("b"), [], 1000, kept).Should().Be(Validity.Invalidated);

        index.Add([.. Enumerable.Range(2, 100).Select(i => Record(i, $"x:{i}"))]).Should().BeFalse("that is more than there is room for");

        index.Judge(Key, [], 1000, kept).Should().Be(Validity.Purged, "the purge is forgotten, and its position says nothing of this lease");
    }

    [Fact]
    public void Judge_WhenCopiesOfAnEpochThatIsOverAreKept_IsInvalidatedUnlessPurgedOrOlder()
    {
        var index = new InvalidationIndex(1000);
        var other = index.Epoch;
        index.Reset();
        var kept = index.Epoch;
        index.Reset();
        index.Add([Record(3, "a:1:*")]);
        index.RaiseFloor(3);
        index.EndEpoch();

        index.Judge(Key, [], 5, kept).Should().Be(Validity.Purged, "not before every record is known");
        index.KeepCopiesSince(kept);

        index.Judge(Key, [], 5, kept).Should().Be(Validity.Invalidated, "no record at or after its lease says anything of it");
        index.Judge(Key, [], 2, kept).Should().Be(Validity.Purged, "records of then are forgotten");
        index.Judge(Key, [], 5, other).Should().Be(Validity.Purged, "that was of other data");
        index.Judge(Key, [], 5, index.Epoch).Should().Be(Validity.Valid);
        index.Add([Record(4, "a:1:*", purge: true)]);
        index.Judge(Key, [], 5, kept).Should().Be(Validity.Purged, "it may have been of this very value");
        index.Judge(Key, [], 5, index.Epoch).Should().Be(Validity.Valid);
        index.Reset();
        index.Judge(Key, [], 5, kept).Should().Be(Validity.Purged);
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

    [Fact]
    public void JudgeOfAnEntry_WhateverWasRememberedOfIt_AgreesWithTheOneRule()
    {
        var random = new Random(7);
        var index = new InvalidationIndex(150);
        string[] patterns = ["a:*", "a:1:*", "a:1:x", "a:2:?", "b:*", "*:x", "[ab]:1:*", "c:*", "d", "*"];
        var entries = Enumerable.Range(0, 12).Select(number => EntryOf(number, random, index)).ToArray();
        var (agreed, position) = (0, 1L);
        for (var step = 0; step < 20_000; step++)
        {
            if (random.Next(3) == 0)
            {
                index.Add([.. Enumerable.Range(0, random.Next(1, 7)).Select(_ => random.Next(4) == 0
                    ? new JournalRecord(++position, Invalidation.OfTag($"t{random.Next(6)}"), "test", DateTime.UnixEpoch)
                    : Record(++position - random.Next(3), random.Next(3) == 0 ? $"e:{step}" : patterns[random.Next(patterns.Length)], random.Next(5) == 0))]);
            }

            if (random.Next(500) == 0)
            {
                index.Reset();
            }
            else if (random.Next(20) == 0)
            {
                index.RaiseFloor(position);
            }

            var place = random.Next(entries.Length);
            if (random.Next(4) == 0)
            {
                entries[place] = EntryOf(place, random, index, position);
            }

            var entry = entries[place];
            index.Judge(entry).Should().Be(index.Judge(entry.Key, entry.Tags, entry.Lease, entry.Epoch));
            agreed += index.Judge(entry) == Validity.Valid ? 1 : 0;
        }

        agreed.Should().BeInRange(2_000, 18_000);
    }

    [Fact]
    public void Add_WhenTheCountOfRecordsComesRound_EndsTheEpoch()
    {
        var index = new InvalidationIndex(1000, uint.MaxValue - 1);
        var (early, late) = (new Entry(Key, 0, index.Epoch, []), new Entry(Key, 0, index.Epoch, []));
        index.Judge(early).Should().Be(Validity.Valid);
        index.Add([Record(1, "b")]);
        index.Judge(late).Should().Be(Validity.Valid);

        index.Add([Record(2, "b")]);

        index.Judge(early).Should().Be(Validity.Purged);
        index.Judge(late).Should().Be(Validity.Purged);
        var next = new Entry(Key, 3, index.Epoch, []);
        index.Judge(next).Should().Be(Validity.Valid);
        index.Judge(next).Should().Be(Validity.Valid);
    }

    private static Entry EntryOf(int number, Random random, InvalidationIndex index, long position = 0) => new(
        CacheKey.Of($"{(char)('a' + (number % 4))}:{number / 4}:x"),
        Math.Max(0, position + random.Next(-3, 3)),
        index.Epoch,
        random.Next(2) == 0 ? [] : [$"t{random.Next(6)}"]);

    private sealed class Entry(CacheKey key, long lease, int epoch, IReadOnlyList<string> tags)
        : MemoryEntry(key, lease, epoch, new EntryLife(0, 10, 10, 10, 10, long.MaxValue, DateTime.UnixEpoch), size: 1)
    {
        public override IReadOnlyList<string> Tags => tags;
    }
}
