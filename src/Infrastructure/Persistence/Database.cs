using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Resilience;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace NeuroLab.Infrastructure.Persistence;

/// <summary>
/// The way to the database: every call passes here. Reads: retry, around the breaker, around one try; anything else: breaker, around one try.
/// A try is bounded by a wait of our own, because a frozen server holds the driver for seconds whatever the token; what is given up hangs on in the
/// background, keeps what it uses, and is counted: beyond a number calls fail at once. Transient failures leave as
/// <see cref="OriginUnavailableException"/>. Thread-safe.
/// </summary>
internal sealed partial class Database : IAsyncDisposable, IDisposable
{
    /// <summary>In how many parts a call is waited for.</summary>
    internal const int Slices = 8;

    private readonly DatabaseTarget _target;
    private readonly IDatabaseDriver _driver;
    private readonly DatabaseOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<Database> _logger;
    private readonly PooledDbContextFactory<NeuroLabDbContext> _contexts;
    private readonly ProbedCircuitBreaker _breaker;
    private readonly ResiliencePipeline _retry;
    private readonly SemaphoreSlim _reads;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _hanging;

    /// <summary>Whether that was told. Of the probes, of which there is one at a time.</summary>
    private bool _isStandby;

    public Database(DatabaseTarget target, IDatabaseDriver driver, IOptions<DatabaseOptions> options, TimeProvider clock, ILogger<Database> logger)
    {
        (_target, _driver, _options, _clock, _logger) = (target, driver, options.Value, clock, logger);
        _reads = new SemaphoreSlim(_options.MaxConcurrentReads);
        var builder = new DbContextOptionsBuilder<NeuroLabDbContext>();
        target.Configure(builder);
        _contexts = new PooledDbContextFactory<NeuroLabDbContext>(builder.Options, poolSize: 128);
        _breaker = new ProbedCircuitBreaker("the database", _options.Breaker, SpeaksOfTheDatabase, ProbeAsync, clock, logger);
        _retry = _options.Retries == 0 ? ResiliencePipeline.Empty : new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = _options.Retries,
                Delay = _options.RetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } exception
                    && exception is not (BrokenCircuitException or OriginUnavailableException) && DatabaseFaults.IsTransient(exception) && !DatabaseFaults.IsTimeout(exception)),
            })
            .Build();
    }

    /// <summary>Which database.</summary>
    public DatabaseTarget Target => _target;

    /// <summary>The breaker: <c>closed</c>, <c>open</c> or <c>half_open</c>.</summary>
    public string Circuit => _breaker.State;

    /// <summary>Raised with each new state of the breaker, as <see cref="ProbedCircuitBreaker.Changed"/> is.</summary>
    public event Action<string>? CircuitChanged
    {
        add => _breaker.Changed += value;
        remove => _breaker.Changed -= value;
    }

    /// <summary>Ends when the schema is there.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Calls that were given up and have not ended yet.</summary>
    public int Hanging => Volatile.Read(ref _hanging);

    /// <summary>Opens the way: the schema is there.</summary>
    public void MarkReady() => _ready.TrySetResult();

    /// <summary>A context for who keeps one over several calls (<see cref="CallAsync{T}"/>).</summary>
    public NeuroLabDbContext CreateContext() => _contexts.CreateDbContext();

    /// <summary>
    /// Reads, with a context of its own for each try; tries again after transient faults. So many at once as is configured; the others wait for their turn, and
    /// then have their whole time still: a queue says nothing of the database. Once the breaker is open the queue is gone at once.
    /// </summary>
    /// <exception cref="OriginUnavailableException">The database cannot be reached, or the turn did not come in time.</exception>
    public async Task<T> ReadAsync<T>(Func<NeuroLabDbContext, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        if (!_breaker.IsClosed)
        {
            // Refused at once, most likely: there is nothing to wait for.
            return await CallAsync(Call, retried: true, null, cancellationToken);
        }

        await WaitForTurnAsync(cancellationToken);
        try
        {
            return await CallAsync(Call, retried: true, null, cancellationToken);
        }
        finally
        {
            _reads.Release();
        }

        Task<T> Call(CancellationToken token) => WithContextAsync(read, QueryTrackingBehavior.NoTracking, token);
    }

    /// <summary>Writes, once, with a context of its own.</summary>
    /// <param name="write">What to do.</param>
    /// <param name="timeout">How long it may take; null for the configured bound of one try.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="OriginUnavailableException">The database cannot be reached; after a timeout it is not known whether the write happened.</exception>
    public Task<T> WriteAsync<T>(Func<NeuroLabDbContext, CancellationToken, Task<T>> write, TimeSpan? timeout, CancellationToken cancellationToken) =>
        CallAsync(token => WithContextAsync(write, QueryTrackingBehavior.TrackAll, token), retried: false, timeout, cancellationToken);

    /// <summary>Deletes in batches, each a write of its own, so that others get their turn between them and no log grows long.</summary>
    /// <param name="batchSize">How many rows a batch deletes at most; one that deletes fewer is the last.</param>
    /// <param name="deleteBatch">Deletes one batch and says how many rows that were.</param>
    /// <param name="cancellationToken">Gives up; what is deleted stays deleted.</param>
    /// <returns>How many rows were deleted.</returns>
    /// <exception cref="OriginUnavailableException">The database cannot be reached.</exception>
    public async Task<int> DeleteInBatchesAsync(int batchSize, Func<NeuroLabDbContext, CancellationToken, Task<int>> deleteBatch, CancellationToken cancellationToken)
    {
        var (deleted, batch) = (0, batchSize);
        while (batch == batchSize)
        {
            batch = await WriteAsync(deleteBatch, null, cancellationToken);
            deleted += batch;
        }

        return deleted;
    }

    /// <summary>Makes any call.</summary>
    /// <param name="call">The call; it owns what it uses and must be ready to run on after nobody waits.</param>
    /// <param name="retried">Whether it may be made again after a transient fault.</param>
    /// <param name="timeout">The bound of one try; null for the configured one.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="OriginUnavailableException">The database cannot be reached.</exception>
    public async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, bool retried, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var started = _clock.GetTimestamp();
        if (!_ready.Task.IsCompleted)
        {
            throw new OriginUnavailableException(StaleReason.OriginError);
        }

        var bound = timeout ?? _options.AttemptTimeout;
        try
        {
            if (!retried)
            {
                return await _breaker.ExecuteAsync(static (s, token) => s.Self.TryAsync(s.Call, s.Bound, token), (Self: this, Call: call, Bound: bound), cancellationToken);
            }

            return await _retry.ExecuteAsync(
                static (s, token) =>
                {
                    var left = s.Self._options.TotalTimeout - s.Self._clock.GetElapsedTime(s.Started);
                    var state = (s.Self, s.Call, Bound: left < s.Bound ? left : s.Bound);
                    return s.Self._breaker.ExecuteAsync(static (t, inner) => t.Self.TryAsync(t.Call, t.Bound, inner), state, token);
                },
                (Self: this, Call: call, Bound: bound, Started: started),
                cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && DatabaseFaults.Translate(e, _breaker.RetryAfter) is { } unavailable)
        {
            throw unavailable;
        }
    }

    /// <summary>Asks the database, past the breaker, bounded in time.</summary>
    public Task PingAsync(CancellationToken cancellationToken) =>
        TryAsync(
            async token =>
            {
                await _target.PingAsync(token);
                return true;
            },
            _options.ProbeTimeout,
            cancellationToken).AsTask();

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _breaker.DisposeAsync();

    /// <summary>For containers that are disposed synchronously; the breaker's end does not wait for the database.</summary>
    public void Dispose() => _ = _breaker.DisposeAsync().AsTask();

    /// <summary>Waits for one of the places of reads. After an outage, or at a cold start, everybody reads at once: the database is spared that.</summary>
    private async Task WaitForTurnAsync(CancellationToken cancellationToken)
    {
        if (_reads.Wait(0, CancellationToken.None))
        {
            return;
        }

        using var bound = new CancellationTokenSource(_options.TurnTimeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        try
        {
            await _reads.WaitAsync(either.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new OriginUnavailableException(StaleReason.OriginTimeout, _breaker.RetryAfter, exception);
        }
    }

    /// <summary>Whether a failure is one of the database as a whole, so that asking it less is right.</summary>
    private static bool SpeaksOfTheDatabase(Exception exception) =>
        exception is not OriginUnavailableException && DatabaseFaults.IsTransient(exception) && !DatabaseFaults.IsWantOfRoom(exception)
        && !DatabaseFaults.IsContention(exception);

    private async Task ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await PingAsync(cancellationToken);
        }
        catch (StandbyException) when (!_isStandby)
        {
            // Once an outage: everything else looks as if the server were down.
            _isStandby = true;
            LogStandby();
            throw;
        }

        _isStandby = false;
        _target.ForgetConnections();
    }

    private async Task<T> WithContextAsync<T>(Func<NeuroLabDbContext, CancellationToken, Task<T>> call, QueryTrackingBehavior tracking, CancellationToken cancellationToken)
    {
        await using var context = _contexts.CreateDbContext();
        context.ChangeTracker.QueryTrackingBehavior = tracking;
        return await call(context, cancellationToken);
    }

    private async ValueTask<T> TryAsync<T>(Func<CancellationToken, Task<T>> call, TimeSpan bound, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (bound <= TimeSpan.Zero || Hanging >= _options.MaxAbandonedCalls)
        {
            // Not a failure of the breaker's: nothing was asked.
            throw new OriginUnavailableException(StaleReason.OriginTimeout, _breaker.RetryAfter);
        }

        // Not linked to the caller's token: cancelling a call of the driver can block whoever cancels it.
        var stop = new CancellationTokenSource();
        var running = _driver.StartAsync(call, stop.Token);
        var tookTooLong = false;
        try
        {
            if (await EndsAsync(running, bound, cancellationToken))
            {
                return await running;
            }

            tookTooLong = true;
            throw new TimeoutException("The call took too long.");
        }
        finally
        {
            if (running.IsCompleted)
            {
                stop.Dispose();
            }
            else
            {
                _ = AbandonAsync(running, stop, tookTooLong);
            }
        }
    }

    /// <summary>
    /// Whether a call ends in time. Waits in slices: a process that was stopped (a paused machine, a debugger) loses one of them, and then finds the answer that came
    /// meanwhile. Its own absence says nothing of the database.
    /// </summary>
    private async Task<bool> EndsAsync(Task running, TimeSpan bound, CancellationToken cancellationToken)
    {
        for (var slice = 0; slice < Slices && !running.IsCompleted; slice++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await running.WaitAsync(bound / Slices, _clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!running.IsCompleted)
        {
            // A caller that hung up in the last slice is none that waited too long.
            cancellationToken.ThrowIfCancellationRequested();
        }

        return running.IsCompleted;
    }

    /// <param name="running">The call.</param>
    /// <param name="stop">Tells it to stop.</param>
    /// <param name="counts">Whether it speaks of the database: a caller that merely hung up does not.</param>
    private async Task AbandonAsync(Task running, CancellationTokenSource stop, bool counts)
    {
        Interlocked.Add(ref _hanging, counts ? 1 : 0);
        // On a thread of its own: the driver tells a frozen server over a connection that it waits for, seconds long, and the pool's threads are for requests.
        var stopping = Task.Factory.StartNew(static source => ((CancellationTokenSource)source!).Cancel(), stop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await stopping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Interlocked.Add(ref _hanging, counts ? -1 : 0);
        stop.Dispose();
    }

    [LoggerMessage(EventId = 2004, Level = LogLevel.Warning, Message = "The server is a standby: it counts as away until it, or another one at its address, is the primary.")]
    private partial void LogStandby();
}
