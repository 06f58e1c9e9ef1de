using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Diagnostics;
using NeuroLab.Infrastructure.Caching.Engine;

namespace NeuroLab.Infrastructure.Caching.Journal;

/// <summary>
/// Keeps this node's knowledge of the journal: its position, the records, and until when copies may be called fresh. One read is in flight at a
/// time, so replies are applied in the order in which they were asked for; callers that come meanwhile share the one that starts after it. Thread-safe.
/// </summary>
internal sealed class JournalFollower(
    IInvalidationJournal journal,
    InvalidationIndex index,
    IEnumerable<IJournalObserver> observers,
    CacheCounters counters,
    CacheTimings timings,
    CacheClock clock,
    IOptions<CacheOptions> options,
    ILogger<JournalFollower> logger)
{
    private const long Never = long.MinValue / 2;
    private static readonly TimeSpan FailureMemory = TimeSpan.FromSeconds(1);

    private readonly IJournalObserver[] _observers = [.. observers];
    private readonly CacheOptions _options = options.Value;
    private readonly Lock _gate = new();

    // The index has one writer at a time. Taken before the gate, never inside it.
    private readonly Lock _learning = new();
    private Task<bool> _running = Task.FromResult(false);
    private Task<bool>? _next;
    private long _runningSince;
    private long _position;
    private long _trustedUntil;
    private long _distrustedAt;
    private long _verifiedAt;
    private long _failedAt = Never;
    private bool _unverified;
    private long _written;
    private long _writtenRead;
    private long _lastPurge;

    // These, and which write was the last to purge, under the lock for learning.
    private readonly LearntRecords _learnt = new(counters, timings, clock);
    private Guid _journalId;
    private (Guid Id, int Since) _database;

    /// <summary>Raised when what was cached before means nothing any more: the journal of other data, or one that went back.</summary>
    public event Action? JournalReplaced;

    /// <summary>Raised with each record that is news, once, and whether this node wrote it. One at a time; a handler must be quick and must not throw.</summary>
    public event Action<JournalRecord, bool>? Learnt
    {
        add => _learnt.News += value;
        remove => _learnt.News -= value;
    }

    /// <summary>The point up to which every record is known: the lease of a load that begins now.</summary>
    public long Position => Volatile.Read(ref _position);

    /// <summary>The journal that is followed; empty before the first read.</summary>
    public Guid JournalId
    {
        get
        {
            lock (_gate)
            {
                return _journalId;
            }
        }
    }

    /// <summary>Moves when the journal turned out to be another one.</summary>
    public int Epoch => index.Epoch;

    /// <summary>Monotonic ticks up to which copies may be called fresh.</summary>
    public long TrustedUntil => Volatile.Read(ref _trustedUntil);

    /// <summary>What was read from the origin up to then may lack a write of this node; monotonic ticks.</summary>
    public long DistrustedAt => Volatile.Read(ref _distrustedAt);

    /// <summary>
    /// The epoch in which a value that lies in the shared tier may be used; null where it is of another journal, or leased past what is known of this one. Before
    /// the first reading nothing can be compared: then it is of an epoch that ends with that reading.
    /// </summary>
    public int? EpochOf(Guid journalId, long lease)
    {
        lock (_gate)
        {
            return VerifiedAt == 0 || (journalId == _journalId && lease <= Position) ? Epoch : null;
        }
    }

    /// <summary>The lease of what is read from the origin from now on.</summary>
    public CacheLease TakeLease()
    {
        // The epoch first: should it end in between, the lease is of one that is over.
        var epoch = Epoch;
        return new CacheLease(JournalId, Position, epoch);
    }

    /// <summary>When the last successful read began, in monotonic ticks; 0 where there was none.</summary>
    public long VerifiedAt => Volatile.Read(ref _verifiedAt);

    /// <summary>
    /// Records that the position has not passed: transactions that began before them were open at the last reading, and what is loaded from what they changed is taken for overtaken.
    /// </summary>
    public int RecordsPending => _learnt.Pending.Count;

    /// <summary>
    /// For how long, at the last reading, the oldest of them had been there: in health a moment, however many there are. Transactions that follow each other hold nothing back.
    /// </summary>
    public TimeSpan HeldBackFor => TimeSpan.FromTicks(_learnt.Pending.HeldBackSince is > 0 and var since ? Math.Max(0, VerifiedAt - since) : 0);

    /// <summary>Records learnt since the start, each counted once.</summary>
    public long RecordsLearnt => counters.InvalidationsLearnt.Value;

    private bool HasUnreadWrites => Volatile.Read(ref _written) != Volatile.Read(ref _writtenRead);

    private bool HasJustFailed => clock.Now - Volatile.Read(ref _failedAt) < FailureMemory.Ticks;

    /// <summary>Makes sure that copies may be called fresh now: at once where they may, else after a journal read.</summary>
    public ValueTask<bool> VerifyAsync(CancellationToken cancellationToken) =>
        clock.Now < TrustedUntil ? new(true) : new(CatchUpAndCheckAsync(cancellationToken));

    /// <summary>
    /// The same for who is about to load a key: where this node has just written what the key depends on, the journal is read first, once for all who ask. A value that was leased
    /// before the position has passed that write would be overtaken as soon as it is there.
    /// </summary>
    public ValueTask<bool> VerifyAsync(CacheKey key, IReadOnlyList<string> tags, CancellationToken cancellationToken) =>
        HasUnreadWrites && !HasJustFailed && index.Judge(key, tags, Position, Epoch) != Validity.Valid
            ? new(ReadAndVerifyAsync(cancellationToken))
            : VerifyAsync(cancellationToken);

    /// <summary>The same for who will say only later what his value depends on: past all that this node has written.</summary>
    public ValueTask<bool> VerifyPastOwnWritesAsync(CancellationToken cancellationToken) =>
        HasUnreadWrites && !HasJustFailed ? new(ReadAndVerifyAsync(cancellationToken)) : VerifyAsync(cancellationToken);

    /// <summary>
    /// Reads the journal, unless a read has just failed: then it says no without waiting, so that an outage costs one caller in a second its wait
    /// and not everyone.
    /// </summary>
    public async Task<bool> TryCatchUpAsync(CancellationToken cancellationToken) =>
        !HasJustFailed && await CatchUpAsync().WaitAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// As <see cref="TryCatchUpAsync"/>, where a copy from the shared tier asks for it: another node has read further than this one, or the copy is from another time,
    /// which the reading will show.
    /// </summary>
    public ValueTask<bool> CatchUpWithAsync(Guid journalId, long lease, CancellationToken cancellationToken) =>
        lease > Position || journalId != JournalId ? new(TryCatchUpAsync(cancellationToken)) : new(true);

    /// <summary>Reads the journal once with a read that begins after this call.</summary>
    /// <returns>Whether it succeeded within the bound.</returns>
    public Task<bool> CatchUpAsync()
    {
        lock (_gate)
        {
            if (_next is not null)
            {
                return _next;
            }

            if (_running.IsCompleted)
            {
                return Begin(ReadAsync());
            }

            return _next = ReadAfterAsync(_running);
        }
    }

    /// <summary>
    /// Stops calling copies fresh until a read that begins after this call has succeeded: this node has written what it could not yet read back.
    /// </summary>
    public void Distrust()
    {
        lock (_gate)
        {
            Volatile.Write(ref _distrustedAt, clock.Now);
            Volatile.Write(ref _trustedUntil, 0);
        }
    }

    /// <summary>
    /// Takes notice of this node's own write without having read it back. What was loaded before the commit was leased at or before its position, so the record stands against it;
    /// as it does against what is loaded until the journal is read, which is then loaded once more.
    /// </summary>
    public void Learn(long position, IReadOnlyList<Invalidation> written, string command)
    {
        var records = written.Select(invalidation => new JournalRecord(position, invalidation, JournalRecord.Shortened(command), clock.UtcNow)).ToList();
        lock (_learning)
        {
            var number = Interlocked.Increment(ref _written);
            _lastPurge = written.Any(static invalidation => invalidation.IsPurge) ? number : _lastPurge;
            Show(records);
            _learnt.Write(records);
        }
    }

    private async Task<bool> CatchUpAndCheckAsync(CancellationToken cancellationToken) =>
        !HasJustFailed && await CatchUpOrJoinAsync().WaitAsync(cancellationToken).ConfigureAwait(false) && clock.Now < TrustedUntil;

    private async Task<bool> ReadAndVerifyAsync(CancellationToken cancellationToken)
    {
        await CatchUpAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        return await VerifyAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Reads the journal, or joins the read that is under way: trust counts from when that began, and is enough. While the store hangs, nobody waits for two reads.
    /// </summary>
    private Task<bool> CatchUpOrJoinAsync()
    {
        lock (_gate)
        {
            // Not one that began too long ago, or before a write that could not be read back.
            var isEnough = _runningSince > _distrustedAt && clock.Now - _runningSince < _options.VerificationWindow.Ticks;
            return isEnough && !_running.IsCompleted ? _running : CatchUpAsync();
        }
    }

    /// <summary>Makes a read the one that is under way, from now on. Under the gate.</summary>
    private Task<bool> Begin(Task<bool> read)
    {
        (_running, _runningSince) = (read, clock.Now);
        return read;
    }

    private async Task<bool> ReadAfterAsync(Task<bool> previous)
    {
        // Whatever became of it: the next one begins.
        await ((Task)previous).ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            // From here on the read may already have been sent: who comes now must have one of their own.
            Begin(_next!);
            _next = null;
        }

        return await ReadAsync().ConfigureAwait(false);
    }

    private async Task<bool> ReadAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        using var span = CacheTracing.StartBelow(CacheTracing.JournalRead);
        var started = timings.Start();
        var (asked, written) = (clock.Now, Volatile.Read(ref _written));
        try
        {
            var reading = await ReadSinceAsync(Position).ConfigureAwait(false);
            if (IsOfAnother(reading))
            {
                // Nothing is called fresh until all of it is known, and until then what is cached stays what it was. Only a read raises this, and there is one at a time.
                Volatile.Write(ref _trustedUntil, 0);
                (asked, written) = (clock.Now, Volatile.Read(ref _written));
                reading = await ReadSinceAsync(0).ConfigureAwait(false);
            }

            lock (_learning)
            {
                Apply(reading, asked, written);
                Volatile.Write(ref _writtenRead, written);
            }

            timings.JournalRead(started, succeeded: true);
            if (_unverified)
            {
                _unverified = false;
                logger.Verified();
            }

            return true;
        }
#pragma warning disable CA1031 // Whatever the journal's store throws means the same: not verified.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Volatile.Write(ref _failedAt, clock.Now);
            counters.JournalReadFailures.Increment();
            timings.JournalRead(started, succeeded: false);
            span.Fail("failed");
            if (clock.Now >= TrustedUntil && !_unverified)
            {
                // Once an outage: the reads themselves go on at every poll.
                _unverified = true;
                logger.NotVerified(exception.GetType().Name);
            }

            return false;
        }
    }

    /// <summary>Reads within the bound. A reply that comes after it is dropped: a later read may have overtaken it. It is not cancelled: the store has a bound of its own, and must see a failure, not a caller that left.</summary>
    private Task<JournalReading> ReadSinceAsync(long position) => journal.ReadAsync(position, CancellationToken.None).WaitAsync(_options.JournalReadTimeout, clock.Provider);

    private void Apply(JournalReading reading, long asked, long written)
    {
        var (first, another) = (VerifiedAt == 0, IsOfAnother(reading));
        var isNew = first || another;
        var sameData = another && reading.JournalId != _journalId && reading.DatabaseId == _database.Id;
        if (another)
        {
            StartOver(sameData);
            if (written != _written)
            {
                // What this node has written since the read was sent is forgotten with the rest, and not in the reading.
                Distrust();
            }
        }
        else if (first && written == _written)
        {
            // What was leased while nothing was known of the journal is not judged by it.
            index.Reset();
        }
        else if (first)
        {
            // The same, but what this node has written since the read was sent stays known: it is not in the reading.
            index.EndEpoch();
        }

        // Of a journal that is new to this node: what was leased before the first record that is retained may have been overtaken by one that is not.
        var oldest = reading.Records.Select(record => record.Position).DefaultIfEmpty(reading.Floor).Min();
        index.RaiseFloor(isNew && !sameData ? Math.Max(oldest, reading.Floor) : reading.Floor);
        var isAllKnown = reading.Records.Count == 0 || Show(reading.Records);

        // What was there before this node, or before it knew of this journal, is no news.
        _learnt.Read(reading, isNew ? long.MaxValue : Position, asked);

        lock (_gate)
        {
            _journalId = reading.JournalId;
            Volatile.Write(ref _position, reading.Position);
            if (isNew)
            {
                // What was found while the records were being added could not be compared with this journal. After the position: a lease of the next epoch is one of this journal.
                index.EndEpoch();
            }

            Volatile.Write(ref _verifiedAt, asked);
            Volatile.Write(ref _failedAt, Never);
            if (asked > _distrustedAt)
            {
                Volatile.Write(ref _trustedUntil, asked + _options.VerificationWindow.Ticks);
            }
        }

        if (sameData && reading.IsWhole && isAllKnown && _lastPurge <= written)
        {
            // What was purged is known, by this node too.
            index.KeepCopiesSince(_database.Since);
        }
        else if (isNew)
        {
            _database = (reading.DatabaseId, index.Epoch);
        }
    }

    /// <summary>Whether a reading is of a journal against which nothing can be compared that is known: another one, or one that went back.</summary>
    private bool IsOfAnother(JournalReading reading) => VerifiedAt != 0 && (reading.JournalId != _journalId || reading.Position < Position);

    private bool Show(IReadOnlyList<JournalRecord> records)
    {
        var isAllKnown = index.Add(records);
        foreach (var observer in _observers)
        {
            observer.OnRecords(records);
        }

        return isAllKnown;
    }

    /// <summary>Forgets all that is known: it is of another journal.</summary>
    /// <param name="sameData">Whether that was one of the same data: then what was cached is a last resort still.</param>
    private void StartOver(bool sameData)
    {
        lock (_gate)
        {
            // Until its records are known, what lies in the shared tier is of no journal that is.
            _journalId = Guid.Empty;
        }

        _learnt.Clear();
        index.Reset();
        if (sameData)
        {
            logger.Crashed();
            return;
        }

        _database = default;
        logger.Replaced();
        JournalReplaced?.Invoke();
    }
}
