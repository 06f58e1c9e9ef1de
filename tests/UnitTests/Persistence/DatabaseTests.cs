using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Persistence;

namespace NeuroLab.UnitTests.Persistence;

/// <summary>Retry, breaker, bounds and gate, with calls that the test holds in its hand and a clock that it moves.</summary>
public sealed class DatabaseTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new();
    private readonly DatabaseOptions _options = new() { RetryDelay = TimeSpan.FromMilliseconds(1), MaxAbandonedCalls = 2, MaxConcurrentReads = 2 };
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"neurolab-unit-{Guid.NewGuid():N}.db");
    private DatabaseTarget _target = null!;
    private Database _database = null!;

    private static CancellationToken None => CancellationToken.None;

    public Task InitializeAsync()
    {
        _target = DatabaseTarget.Sqlite(_file, _options, []);
        _database = new Database(_target, new DatabaseDriver(_target), Options.Create(_options), _clock, NullLogger<Database>.Instance);
        _database.MarkReady();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        _target.Dispose();
        File.Delete(_file);
    }

    [Fact]
    public async Task CallAsync_BeforeTheSchemaIsThere_IsUnavailableAndNotCalled()
    {
        await using var fresh = new Database(_target, new DatabaseDriver(_target), Options.Create(_options), _clock, NullLogger<Database>.Instance);
        var called = false;

        var call = () => fresh.CallAsync(_ => Task.FromResult(called = true), retried: true, null, None);

        (await call.Should().ThrowAsync<OriginUnavailableException>()).Which.Reason.Should().Be(StaleReason.OriginError);
        called.Should().BeFalse();
    }

    [Fact]
    public async Task CallAsync_WhenATransientFaultPasses_IsTriedAgain()
    {
        var calls = 0;
        var result = _database.CallAsync(_ => ++calls < 3 ? Task.FromException<int>(new IOException()) : Task.FromResult(7), retried: true, null, None);

        (await AdvanceUntilDoneAsync(result)).Should().Be(7);
        calls.Should().Be(3);
    }

    [Fact]
    public async Task CallAsync_WhenTheFaultStays_GivesUpAfterTheRetries()
    {
        var calls = 0;
        var result = _database.CallAsync<int>(
            _ =>
            {
                calls++;
                throw new InvalidOperationException("wrapped", new IOException());
            },
            retried: true,
            null,
            None);

        var failed = () => AdvanceUntilDoneAsync(result);

        (await failed.Should().ThrowAsync<OriginUnavailableException>()).Which.Reason.Should().Be(StaleReason.OriginError);
        calls.Should().Be(1 + _options.Retries);
    }

    [Fact]
    public async Task ReadAsync_WhenAsManyAreUnderWayAsMayBe_LetsTheOthersWait()
    {
        var (running, most) = (0, 0);
        var go = new TaskCompletionSource();
        var allPlacesTaken = new TaskCompletionSource();
        var reads = Enumerable.Range(0, 10).Select(_ => _database.ReadAsync(ReadAsync, None)).ToList();

        await allPlacesTaken.Task.WaitAsync(TimeSpan.FromSeconds(30));
        go.SetResult();
        (await Task.WhenAll(reads)).Should().OnlyContain(read => read);

        most.Should().Be(_options.MaxConcurrentReads);

        async Task<bool> ReadAsync(NeuroLabDbContext context, CancellationToken token)
        {
            var now = Interlocked.Increment(ref running);
            lock (_options)
            {
                most = Math.Max(most, now);
            }

            if (now == _options.MaxConcurrentReads)
            {
                allPlacesTaken.TrySetResult();
            }

            await go.Task;
            Interlocked.Decrement(ref running);
            return true;
        }
    }

    [Fact]
    public async Task ReadAsync_WhenAReaderHangsUp_GivesItsPlaceToTheNext()
    {
        using var stop = new CancellationTokenSource();
        var hanging = new TaskCompletionSource<int>();
        var held = Enumerable.Range(0, _options.MaxConcurrentReads).Select(_ => _database.ReadAsync((_, _) => hanging.Task, stop.Token)).ToList();
        using var impatient = new CancellationTokenSource();
        var gone = _database.ReadAsync((_, _) => Task.FromResult(0), impatient.Token);
        var next = _database.ReadAsync((_, _) => Task.FromResult(7), None);

        await impatient.CancelAsync();
        await ((Func<Task>)(() => gone)).Should().ThrowAsync<OperationCanceledException>();
        next.IsCompleted.Should().BeFalse();
        await stop.CancelAsync();

        (await next.WaitAsync(TimeSpan.FromSeconds(30))).Should().Be(7);
        await ((Func<Task>)(() => Task.WhenAll(held))).Should().ThrowAsync<OperationCanceledException>();
        hanging.SetResult(0);
    }

    [Fact]
    public async Task ReadAsync_WhenItsTurnDoesNotCome_IsUnavailableAfterThreeTimesTheTimeOfARead()
    {
        (_options.MaxAbandonedCalls, _options.AttemptTimeout) = (100, _options.TotalTimeout);
        var hanging = new TaskCompletionSource<int>();
        // Those that have the places hang for the time of a read each, and so do the next three times: that is longer than one waits.
        var before = Enumerable.Range(0, 4 * _options.MaxConcurrentReads).Select(_ => _database.ReadAsync((_, _) => hanging.Task, None)).ToList();
        var called = false;
        var late = _database.ReadAsync((_, _) => Task.FromResult(called = true), None);

        var failed = () => AdvanceUntilDoneAsync(late, TimeSpan.FromMilliseconds(100));

        (await failed.Should().ThrowAsync<OriginUnavailableException>()).Which.Reason.Should().Be(StaleReason.OriginTimeout);
        called.Should().BeFalse();
        hanging.SetResult(0);
        await Record.ExceptionAsync(() => Task.WhenAll(before));
    }

    [Fact]
    public async Task ReadAsync_WhenItsTurnComesLate_HasItsWholeTimeStill()
    {
        (_options.MaxAbandonedCalls, _options.AttemptTimeout) = (100, TimeSpan.FromSeconds(4));
        var hanging = new TaskCompletionSource<int>();
        // Two tries of 4 s: the turn comes 2 s before the time of a read would be over that had begun to wait with them.
        var before = Enumerable.Range(0, 2 * _options.MaxConcurrentReads).Select(_ => _database.ReadAsync((_, _) => hanging.Task, None)).ToList();
        var (called, answer) = (new TaskCompletionSource<int>(), new TaskCompletionSource<int>());
        var late = _database.ReadAsync(
            (_, _) =>
            {
                called.SetResult(0);
                return answer.Task;
            },
            None);
        await AdvanceUntilDoneAsync(called.Task, TimeSpan.FromMilliseconds(100));

        for (var passed = 0; passed < 30; passed++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(1);
        }

        late.IsCompleted.Should().BeFalse();
        answer.SetResult(7);
        (await late.WaitAsync(TimeSpan.FromSeconds(30))).Should().Be(7);
        hanging.SetResult(0);
        await Record.ExceptionAsync(() => Task.WhenAll(before));
    }

    [Fact]
    public async Task CallAsync_WhenTheProcessStoodStill_FindsTheAnswerThatCameMeanwhile()
    {
        var answer = new TaskCompletionSource<int>();
        var call = _database.CallAsync(_ => answer.Task, retried: false, null, None);

        // All of a sudden it is an hour later, and what arrived in that hour is only now looked at.
        _clock.Advance(TimeSpan.FromHours(1));
        answer.SetResult(7);

        (await call.WaitAsync(TimeSpan.FromSeconds(30))).Should().Be(7);
    }

    [Fact]
    public async Task CallAsync_WhenNotRetried_IsMadeOnce()
    {
        var calls = 0;

        var call = () => _database.CallAsync<int>(_ => throw new IOException($"{++calls}"), retried: false, null, None);

        await call.Should().ThrowAsync<OriginUnavailableException>();
        calls.Should().Be(1);
    }

    [Fact]
    public async Task CallAsync_WhenTheFailureIsNotTransient_PassesItOnAtOnce()
    {
        var calls = 0;

        var call = () => _database.CallAsync<int>(_ => throw new InvalidOperationException($"a bug {++calls}"), retried: true, null, None);

        await call.Should().ThrowAsync<InvalidOperationException>().WithMessage("a bug 1");
    }

    [Fact]
    public async Task CallAsync_WhenTheCallHangs_EndsAtTheBoundAndTellsTheCallToStop()
    {
        var (hanging, entered) = (new TaskCompletionSource<int>(), new TaskCompletionSource<CancellationToken>());
        var result = _database.CallAsync(
            token =>
            {
                entered.SetResult(token);
                return hanging.Task;
            },
            retried: true,
            null,
            None);
        var token = await entered.Task;

        var failed = () => AdvanceUntilDoneAsync(result, _options.AttemptTimeout);

        (await failed.Should().ThrowAsync<OriginUnavailableException>()).Which.Reason.Should().Be(StaleReason.OriginTimeout);
        _database.Hanging.Should().Be(1);
        await WhenCancelledAsync(token);
        hanging.SetResult(0);
        SpinWait.SpinUntil(() => _database.Hanging == 0, TimeSpan.FromSeconds(10)).Should().BeTrue();
    }

    [Fact]
    public async Task CallAsync_WhenCallersMerelyHangUp_SaysNothingOfTheDatabase()
    {
        var slow = new TaskCompletionSource<int>();
        for (var i = 0; i < _options.MaxAbandonedCalls; i++)
        {
            using var caller = new CancellationTokenSource();
            var call = _database.CallAsync(_ => slow.Task, retried: false, null, caller.Token);
            await caller.CancelAsync();
            var cancelled = () => call;
            await cancelled.Should().ThrowAsync<OperationCanceledException>();
        }

        (await _database.CallAsync(_ => Task.FromResult(1), retried: false, null, None)).Should().Be(1);
        slow.SetResult(0);
    }

    [Fact]
    public async Task CallAsync_WhenItIsGivenUp_IsCancelledApartFromTheThreadsOfRequests()
    {
        var cancelledByThePool = new TaskCompletionSource<bool>();
        var hanging = new TaskCompletionSource<int>();
        var call = _database.CallAsync(
            token =>
            {
                token.Register(() => cancelledByThePool.SetResult(Thread.CurrentThread.IsThreadPoolThread));
                return hanging.Task;
            },
            retried: false,
            null,
            None);

        await Record.ExceptionAsync(() => AdvanceUntilDoneAsync(call, _options.AttemptTimeout));

        (await cancelledByThePool.Task.WaitAsync(TimeSpan.FromSeconds(30))).Should().BeFalse("the driver blocks who cancels, for as long as the server is frozen");
        hanging.SetResult(0);
    }

    [Fact]
    public async Task CallAsync_WhenTooManyHang_FailsWithoutCalling()
    {
        var hanging = new TaskCompletionSource<int>();
        for (var i = 0; i < _options.MaxAbandonedCalls; i++)
        {
            await Record.ExceptionAsync(() => AdvanceUntilDoneAsync(_database.CallAsync(_ => hanging.Task, retried: false, null, None), _options.AttemptTimeout));
        }

        var called = false;
        var call = () => _database.CallAsync(_ => Task.FromResult(called = true), retried: false, null, None);

        (await call.Should().ThrowAsync<OriginUnavailableException>()).Which.Reason.Should().Be(StaleReason.OriginTimeout);
        called.Should().BeFalse();
        hanging.SetResult(0);
    }

    [Fact]
    public async Task CallAsync_WhenHalfTheCallsFail_OpensTheBreakerAndAProbeClosesIt()
    {
        for (var i = 0; i < _options.BreakerMinimumThroughput; i++)
        {
            await Record.ExceptionAsync(() => _database.CallAsync<int>(_ => throw new IOException(), retried: false, null, None));
        }

        var called = false;
        var call = () => _database.CallAsync(_ => Task.FromResult(called = true), retried: true, null, None);
        (await call.Should().ThrowAsync<OriginUnavailableException>()).Which.Reason.Should().Be(StaleReason.CircuitOpen);
        called.Should().BeFalse();

        // The file can be opened: the probe finds it back.
        SpinWait.SpinUntil(
            () =>
            {
                _clock.Advance(_options.BreakerProbeInterval);
                return _database.Circuit == "closed";
            },
            TimeSpan.FromSeconds(10)).Should().BeTrue();
        (await call()).Should().BeTrue();
    }

    [Fact]
    public async Task CallAsync_WhenTheCallerCancels_IsCancelledAndNoFailure()
    {
        using var caller = new CancellationTokenSource();
        var hanging = new TaskCompletionSource<int>();
        var result = _database.CallAsync(_ => hanging.Task, retried: true, null, caller.Token);

        await caller.CancelAsync();

        await ((Func<Task>)(() => result)).Should().ThrowAsync<OperationCanceledException>();
        hanging.SetResult(0);
    }

    [Fact]
    public async Task CallAsync_WhenTheCallerHangsUpRightBeforeTheBound_IsCancelledAndNoFailure()
    {
        using var hangUp = new CancellationTokenSource();
        await using var database = new Database(_target, new DatabaseDriver(_target), Options.Create(_options), new SlicedClock(hangUp.Cancel), NullLogger<Database>.Instance);
        database.MarkReady();
        var never = new TaskCompletionSource<int>();

        var call = () => database.CallAsync(_ => never.Task, retried: false, null, hangUp.Token);

        await call.Should().ThrowAsync<OperationCanceledException>();
        never.SetResult(0);
    }

    private static Task WhenCancelledAsync(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource();
        token.Register(cancelled.SetResult);
        return cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
    }

    /// <summary>Moves the clock until the call has ended: how often depends on when its timers are set.</summary>
    private async Task<T> AdvanceUntilDoneAsync<T>(Task<T> call, TimeSpan? step = null)
    {
        while (!call.IsCompleted)
        {
            // The call needs real time to get anywhere: it must not find that its own has passed before it began.
            _clock.Advance(step ?? TimeSpan.FromMilliseconds(10));
            await Task.Delay(1);
        }

        return await call;
    }

    /// <summary>Lets each part of a wait pass at once, but in the last one does what it was given.</summary>
    private sealed class SlicedClock(Action inTheLast) : TimeProvider
    {
        private int _slices;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (Interlocked.Increment(ref _slices) < Database.Slices)
            {
                return base.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            }

            inTheLast();
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
