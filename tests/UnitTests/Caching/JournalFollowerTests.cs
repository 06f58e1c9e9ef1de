using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching;
using NeuroLab.Infrastructure.Caching.Diagnostics;
using NeuroLab.Infrastructure.Caching.Engine;
using NeuroLab.Infrastructure.Caching.Journal;

namespace NeuroLab.UnitTests.Caching;

/// <summary>Who waits for which reading of the journal, with readings that the test holds in its hand.</summary>
public sealed class JournalFollowerTests
{
    private readonly HeldJournal _journal = new();
    private readonly JournalFollower _follower;

    public JournalFollowerTests() => _follower = new JournalFollower(
        _journal, new InvalidationIndex(1000), [], new CacheCounters(), TestTimings.Unheard, new CacheClock(new FakeTimeProvider()), Options.Create(new CacheOptions()), NullLogger<JournalFollower>.Instance);

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task VerifyAsync_WhenAReadIsUnderWay_WaitsForThatOneAlone()
    {
        var poll = _follower.CatchUpAsync();
        var read = await _journal.NextAsync();

        var verified = _follower.VerifyAsync(None).AsTask();
        read.SetResult(HeldJournal.Nothing);

        (await verified.WaitAsync(TimeSpan.FromSeconds(30))).Should().BeTrue("trust counts from when the read began");
        (await poll).Should().BeTrue();
        _journal.Reads.Should().Be(1);
    }

    [Fact]
    public async Task CatchUpAsync_WhenAReadIsUnderWay_WaitsForOneThatBeginsLater()
    {
        var poll = _follower.CatchUpAsync();
        var read = await _journal.NextAsync();

        var own = _follower.CatchUpAsync();
        read.SetResult(HeldJournal.Nothing);
        (await poll).Should().BeTrue();
        var second = await _journal.NextAsync();
        own.IsCompleted.Should().BeFalse("what was written meanwhile may not be in the first");
        second.SetResult(HeldJournal.Nothing);

        (await own.WaitAsync(TimeSpan.FromSeconds(30))).Should().BeTrue();
    }

    private sealed class HeldJournal : IInvalidationJournal
    {
        private readonly System.Threading.Channels.Channel<TaskCompletionSource<JournalReading>> _reads =
            System.Threading.Channels.Channel.CreateUnbounded<TaskCompletionSource<JournalReading>>();
        private int _count;

        public static JournalReading Nothing { get; } = new([], 1, Guid.NewGuid());

        public int Reads => Volatile.Read(ref _count);

        public Task<TaskCompletionSource<JournalReading>> NextAsync() => _reads.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        public Task<JournalReading> ReadAsync(long since, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _count);
            var read = new TaskCompletionSource<JournalReading>(TaskCreationOptions.RunContinuationsAsynchronously);
            _reads.Writer.TryWrite(read);
            return read.Task;
        }

        public Task<long> AppendAsync(IReadOnlyList<Invalidation> invalidations, string command, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<int> TrimAsync(DateTime olderThan, CancellationToken cancellationToken) => Task.FromResult(0);

        public Task<long> CountAsync(CancellationToken cancellationToken) => Task.FromResult(0L);
    }
}
