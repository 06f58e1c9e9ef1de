using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching;
using NeuroLab.Infrastructure.Caching.Diagnostics;
using NeuroLab.Infrastructure.Caching.Engine;
using NeuroLab.Infrastructure.Caching.Journal;
using NeuroLab.Tests;

namespace NeuroLab.IntegrationTests.Persistence;

/// <summary>What every journal has to do, wherever it is kept.</summary>
public abstract class JournalContract : IAsyncLifetime
{
    private protected static CancellationToken None => CancellationToken.None;

    /// <summary>A journal that nobody has written to yet.</summary>
    private protected abstract IInvalidationJournal Journal { get; }

    public abstract Task InitializeAsync();

    public abstract Task DisposeAsync();

    private protected static Invalidation Of(string glob) => Invalidation.OfPattern(CachePattern.Glob(glob));

    /// <summary>The same journal as another node opens it.</summary>
    /// <param name="mostRecords">How many records one reading takes, where it has such a limit.</param>
    private protected abstract Task<IInvalidationJournal> AnotherNodeAsync(int? mostRecords = null);

    /// <summary>
    /// Reads until the position is past a record: what is loaded from then on is not overtaken by it. At once, but for a transaction of the server's own,
    /// such as that of its housekeeping.
    /// </summary>
    private protected async Task<JournalReading> ReadPastAsync(long written, long since)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var reading = await Journal.ReadAsync(since, limit.Token);
            if (reading.Position > written)
            {
                return reading;
            }

            await Task.Delay(10, limit.Token);
        }
    }

    /// <summary>A moment after every record that is there; what is written from here on is written after it.</summary>
    private async Task<DateTime> AfterAllAsync()
    {
        var moment = (await Journal.ReadAsync(0, None)).Records.Max(r => r.At).AddMilliseconds(1);
        SpinWait.SpinUntil(() => DateTime.UtcNow > moment.AddMilliseconds(1));
        return moment;
    }

    private static JournalFollower FollowerOf(IInvalidationJournal journal, InvalidationIndex index) => new(
        journal,
        index,
        [],
        new CacheCounters(),
        TestTimings.Unheard,
        new CacheClock(TimeProvider.System),
        Options.Create(new CacheOptions { JournalReadTimeout = TimeSpan.FromSeconds(30) }),
        NullLogger<JournalFollower>.Instance);

    [Fact]
    public async Task ReadAsync_WhenEmpty_ReturnsAPositionAndAnIdentity()
    {
        var reading = await Journal.ReadAsync(0, None);

        reading.Records.Should().BeEmpty();
        reading.Position.Should().BePositive();
        reading.JournalId.Should().NotBeEmpty();
        reading.Floor.Should().Be(0);
    }

    [Fact]
    public async Task CountAsync_WhenRecordsAreWrittenAndTrimmed_CountsWhatIsRetained()
    {
        (await Journal.CountAsync(None)).Should().Be(0);
        await Journal.AppendAsync([Of("a:*"), Of("b:*")], "test", None);
        await Journal.AppendAsync([Of("a:*")], "test", None);

        (await (await AnotherNodeAsync()).CountAsync(None)).Should().Be(3);
        await Journal.TrimAsync(DateTime.MaxValue, None);
        (await Journal.CountAsync(None)).Should().Be(0);
    }

    [Fact]
    public async Task ReadAsync_OnAnotherNode_SeesTheSameIdentityAndRecords()
    {
        await Journal.AppendAsync([Of("a:*")], "test", None);

        var here = await Journal.ReadAsync(0, None);
        var there = await (await AnotherNodeAsync()).ReadAsync(0, None);

        there.JournalId.Should().Be(here.JournalId);
        there.Records.Should().BeEquivalentTo(here.Records);
        there.Position.Should().BeGreaterThanOrEqualTo(here.Position);
    }

    [Fact]
    public async Task AppendAsync_Records_AreReadAsTheyWereWritten()
    {
        Invalidation[] written =
        [
            Of("a:[x]\\*?é😀'\"%_--\u007f\u2028"), Of(" a "), Of("A"), Of("a"), Of(new string('漢', CachePattern.MaxLength)), Invalidation.Purge(CachePattern.All),
            Invalidation.OfTag("tag"), Invalidation.OfTag(new string('t', Invalidation.MaxTagLength)), new Invalidation(InvalidationTarget.Tag, "tag", IsPurge: true),
        ];
        var before = DateTime.UtcNow;

        var position = await Journal.AppendAsync(written, new string('c', JournalRecord.MaxCommandLength + 1), None);
        var reading = await Journal.ReadAsync(0, None);

        reading.Records.Select(r => r.Invalidation).Should().BeEquivalentTo(written);
        reading.Records.Max(r => r.Position).Should().Be(position);
        reading.Records.Should().OnlyContain(r => r.Command == new string('c', JournalRecord.MaxCommandLength) && r.At.Kind == DateTimeKind.Utc && r.Position <= position);
        reading.Records.Should().OnlyContain(r => r.At > before.AddSeconds(-1) && r.At < DateTime.UtcNow.AddSeconds(1));
    }

    [Fact]
    public async Task AppendAsync_WhenThereIsNothingToAppendOrTheCallerHasGivenUp_AppendsNothing()
    {
        await FluentActions.Awaiting(() => Journal.AppendAsync([], "test", None)).Should().ThrowAsync<ArgumentException>();
        await FluentActions.Awaiting(() => Journal.AppendAsync([Of("a")], "test", new CancellationToken(canceled: true))).Should().ThrowAsync<OperationCanceledException>();

        (await Journal.ReadAsync(0, None)).Records.Should().BeEmpty();
    }

    [Fact]
    public async Task ReadAsync_FromTheLastPosition_SeesWhatCameAfter()
    {
        var old = await Journal.AppendAsync([Of("old")], "test", None);
        var lease = (await ReadPastAsync(old, 0)).Position;

        var written = await Journal.AppendAsync([Of("new")], "test", None);
        var reading = await ReadPastAsync(written, lease);

        written.Should().BeGreaterThanOrEqualTo(lease, "a record at or after the lease kills what was leased");
        reading.Records.Should().ContainSingle(r => r.Invalidation.Text == "new");
    }

    [Fact]
    public async Task ReadAsync_AtAnyPosition_SeesEverythingAtOrAfterItAndNothingElse()
    {
        for (var i = 0; i < 10; i++)
        {
            await Journal.AppendAsync([.. Enumerable.Range(0, 1 + (i % 3)).Select(n => Of($"{i}.{n}"))], "test", None);
        }

        var all = (await Journal.ReadAsync(0, None)).Records;
        all.Should().HaveCount(19);
        for (var at = all.Min(r => r.Position) - 1; at <= all.Max(r => r.Position) + 1; at++)
        {
            (await Journal.ReadAsync(at, None)).Records.Should().BeEquivalentTo(all.Where(r => r.Position >= at), "read at {0}", at);
        }
    }

    [Fact]
    public async Task ReadAsync_UnderManyWriters_LosesNoneAndEachOvertakesTheLeasesOfBefore()
    {
        const int Writers = 6;
        const int Each = 20;
        var seen = new HashSet<string>();
        using var done = new CancellationTokenSource();
        var follower = Task.Run(async () =>
        {
            var position = 0L;
            for (var last = false; !last;)
            {
                last = done.IsCancellationRequested;
                var reading = await Journal.ReadAsync(position, None);
                reading.Position.Should().BeGreaterThanOrEqualTo(position);
                seen.UnionWith(reading.Records.Select(r => r.Invalidation.Text));
                position = reading.Position;
            }
        });

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
            {
                var lease = (await Journal.ReadAsync(long.MaxValue, None)).Position;
                var written = await Journal.AppendAsync([Of($"{writer}.{i}")], "test", None);
                written.Should().BeGreaterThanOrEqualTo(lease);
                (await Journal.ReadAsync(lease, None)).Records.Should().ContainSingle(r => r.Invalidation.Text == $"{writer}.{i}");
            }
        })));
        await done.CancelAsync();
        await follower;

        seen.Should().HaveCount(Writers * Each);
    }

    [Fact]
    public async Task ReadAsync_WhenItDoesNotTakeAll_SaysFromWhereItHasThemAll()
    {
        const int Most = 100;
        var written = new Dictionary<string, long>();
        for (var i = 0; i < 25; i++)
        {
            var texts = Enumerable.Range(0, 10).Select(n => $"{i}.{n}").ToList();
            await Journal.AppendAsync([.. texts.Select(Of)], "test", None);
        }

        foreach (var record in (await Journal.ReadAsync(0, None)).Records)
        {
            written.Add(record.Invalidation.Text, record.Position);
        }

        var limited = await AnotherNodeAsync(Most);
        var reading = await limited.ReadAsync(0, None);

        written.Should().HaveCount(250);
        reading.Floor.Should().BeLessThanOrEqualTo(reading.Position);
        (reading.Floor > 0).Should().Be(reading.Records.Count < written.Count);
        reading.Records.Select(r => r.Invalidation.Text).Should().Contain(written.Where(w => w.Value >= reading.Floor).Select(w => w.Key));
        reading.Records.Should().Contain(r => r.Position == written.Values.Max(), "the newest are taken");
    }

    [Fact]
    public async Task TrimAsync_OldRecords_GoAndThePositionStays()
    {
        for (var i = 0; i < 3; i++)
        {
            await Journal.AppendAsync([Of("old")], "test", None);
        }

        var before = await Journal.ReadAsync(0, None);
        var deleted = await Journal.TrimAsync(DateTime.MaxValue, None);
        var after = await (await AnotherNodeAsync()).ReadAsync(0, None);

        deleted.Should().Be(3);
        after.Records.Should().BeEmpty();
        after.JournalId.Should().Be(before.JournalId);
        after.Position.Should().BeGreaterThanOrEqualTo(before.Position);
        (await Journal.AppendAsync([Of("new")], "test", None)).Should().BeGreaterThanOrEqualTo(before.Position);
    }

    [Fact]
    public async Task TrimAsync_MoreThanABatch_DeletesAllThatAreOldAndNoOther()
    {
        for (var i = 0; i < 17; i++)
        {
            await Journal.AppendAsync([.. Enumerable.Repeat(Of("old"), 300)], "test", None);
        }

        var cut = await AfterAllAsync();
        await Journal.AppendAsync([Of("new"), Of("new")], "test", None);

        (await Journal.TrimAsync(DateTime.UnixEpoch, None)).Should().Be(0);
        (await Journal.TrimAsync(cut, None)).Should().Be(5100);
        (await Journal.ReadAsync(0, None)).Records.Should().HaveCount(2).And.OnlyContain(r => r.Invalidation.Text == "new");
        (await Journal.TrimAsync(cut, None)).Should().Be(0);
    }

    [Fact]
    public async Task TrimAsync_WhenANodeStartsAfterwards_LeavesNothingValidThatATrimmedRecordHadOvertaken()
    {
        var key = CacheKey.Of("a:1");
        var lease = (await Journal.ReadAsync(0, None)).Position;
        await Journal.AppendAsync([Of("a:*")], "test", None);
        var cut = await AfterAllAsync();
        var retained = await Journal.AppendAsync([Of("b:*")], "test", None);
        (await Journal.TrimAsync(cut, None)).Should().Be(1);
        await ReadPastAsync(retained, 0);

        var index = new InvalidationIndex(1000);
        var follower = FollowerOf(await AnotherNodeAsync(), index);
        (await follower.CatchUpAsync()).Should().BeTrue();

        index.Judge(key, [], lease, index.Epoch).Should().NotBe(Validity.Valid, "for all that the node knows it was overtaken");
        index.Judge(key, [], retained, index.Epoch).Should().Be(Validity.Valid);
        index.Judge(CacheKey.Of("b:1"), [], retained, index.Epoch).Should().Be(Validity.Invalidated);
        index.Judge(CacheKey.Of("b:1"), [], follower.Position, index.Epoch).Should().Be(Validity.Valid);
    }

    [Fact]
    public async Task TrimAsync_WhenANodeHadNotReadTheRecord_LeavesNothingValidThatItHadOvertaken()
    {
        // Written by a node whose clock is behind, or trimmed by one whose clock is ahead.
        var index = new InvalidationIndex(1000);
        var follower = FollowerOf(Journal, index);
        (await follower.CatchUpAsync()).Should().BeTrue();
        var (key, lease) = (CacheKey.Of("a:1"), follower.Position);
        index.Judge(key, [], lease, index.Epoch).Should().Be(Validity.Valid);
        await ReadPastAsync(await Journal.AppendAsync([Of("a:*")], "test", None), 0);
        (await (await AnotherNodeAsync()).TrimAsync(DateTime.MaxValue, None)).Should().Be(1);

        (await follower.CatchUpAsync()).Should().BeTrue();

        index.Judge(key, [], lease, index.Epoch).Should().NotBe(Validity.Valid);
        index.Judge(key, [], follower.Position, index.Epoch).Should().Be(Validity.Valid, "only what was leased before is lost");
    }
}
