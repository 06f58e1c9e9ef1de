using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NeuroLab.Infrastructure.Caching.Diagnostics;
using NeuroLab.Infrastructure.Resilience;
using Polly.CircuitBreaker;
using StackExchange.Redis;

namespace NeuroLab.Infrastructure.Caching.Redis;

/// <summary>How a call of the store ended.</summary>
internal enum StoreOutcome
{
    /// <summary>It was not asked, or did not answer in time.</summary>
    Unavailable,

    /// <summary>It answered with an error that concerns this call, such as a wrong type or no memory.</summary>
    Refused,

    /// <summary>It answered.</summary>
    Answered,
}

/// <summary>What a call of the store brought.</summary>
internal readonly record struct StoreReply<T>(StoreOutcome Outcome, T? Value);

/// <summary>
/// The one way to call the store: not connected or breaker open, refused at once; more than the bound under way, refused at once; else waited for
/// up to the hard timeout. A call given up keeps its place until the client has really done with it, so a store that hangs holds at most the bound.
/// Throws for nothing but the caller's own cancellation. Thread-safe.
/// </summary>
internal sealed partial class RedisCalls : IAsyncDisposable
{
    private readonly RedisConnection _connection;
    private readonly RedisOptions _options;
    private readonly TimeProvider _clock;
    private readonly CacheCounters _counters;
    private readonly CacheTimings _timings;
    private readonly ILogger<RedisCalls> _logger;
    private readonly ProbedCircuitBreaker _breaker;
    private readonly LogThrottle _rejections;
    private readonly LogThrottle _failures;
    private readonly LogThrottle _refusals;
    private int _inFlight;

    public RedisCalls(
        RedisConnection connection, IOptions<RedisOptions> options, TimeProvider clock, CacheCounters counters, CacheTimings timings, ILogger<RedisCalls> logger)
    {
        (_connection, _options, _clock, _counters, _timings, _logger) = (connection, options.Value, clock, counters, timings, logger);
        _breaker = new ProbedCircuitBreaker("Redis", _options.Breaker, IsFailure, connection.ProbeAsync, clock, logger);
        (_rejections, _failures, _refusals) = (new LogThrottle(clock), new LogThrottle(clock), new LogThrottle(clock));
    }

    /// <summary>Whether a call would be tried now.</summary>
    public bool IsAvailable => _connection.IsUsable && _breaker.IsClosed;

    /// <summary>The breaker's state: <c>closed</c>, <c>open</c> or <c>half_open</c>.</summary>
    public string Circuit => _breaker.State;

    /// <summary>Raised with each new state of the breaker, as <see cref="ProbedCircuitBreaker.Changed"/> is.</summary>
    public event Action<string>? CircuitChanged
    {
        add => _breaker.Changed += value;
        remove => _breaker.Changed -= value;
    }

    /// <summary>Calls under way, those given up included.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Makes one call.</summary>
    /// <param name="operation">What is asked for.</param>
    /// <param name="call">Starts it; the task ends when the client has done with it.</param>
    /// <param name="state">What the call is given, so that it can be a static method.</param>
    /// <param name="cancellationToken">The caller's own.</param>
    public ValueTask<StoreReply<T>> RunAsync<TState, T>(
        RedisOperation operation, Func<IDatabase, TState, Task<T>> call, TState state, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return TryEnter() ? RunEnteredAsync(operation, call, state, 1, cancellationToken) : default;
    }

    /// <summary>Takes a place for a call, which <see cref="RunEnteredAsync"/> gives back.</summary>
    /// <returns>False where the call is not to be made.</returns>
    public bool TryEnter()
    {
        if (!IsAvailable)
        {
            Count(RedisFailure.Unavailable, 1);
            return false;
        }

        if (Interlocked.Increment(ref _inFlight) <= _options.MaxCallsInFlight)
        {
            return true;
        }

        Leave(1);
        if (_rejections.TryEnter(out var suppressed))
        {
            LogRejected(_options.MaxCallsInFlight, suppressed);
        }

        Count(RedisFailure.Rejected, 1);
        return false;
    }

    /// <summary>Makes one call for one or more who each have a place. To the breaker it is one call, whatever it brings.</summary>
    /// <param name="operation">What is asked for.</param>
    /// <param name="call">Starts it; the task ends when the client has done with it.</param>
    /// <param name="state">What the call is given, so that it can be a static method.</param>
    /// <param name="places">How many have a place: as many are given back, and counted where it fails.</param>
    /// <param name="cancellationToken">The caller's own.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<StoreReply<T>> RunEnteredAsync<TState, T>(
        RedisOperation operation, Func<IDatabase, TState, Task<T>> call, TState state, int places, CancellationToken cancellationToken)
    {
        var started = _timings.Start();
        try
        {
            // The caller's token stays out of the breaker's hands: it would end the call before it began, and the place would be lost.
            var value = await _breaker.ExecuteAsync(
                static (s, _) => s.Self.BoundedAsync(s.Call, s.State, s.Places, s.Token), (Self: this, Call: call, State: state, Places: places, Token: cancellationToken), CancellationToken.None).ConfigureAwait(false);
            _timings.RedisCall(started, operation, RedisCallOutcome.Ok);
            return new StoreReply<T>(StoreOutcome.Answered, value);
        }
        catch (BrokenCircuitException)
        {
            // Opened between the look and the call, which was not begun.
            Leave(places);
            Count(RedisFailure.Unavailable, places);
            return default;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (RedisServerException exception) when (!IsFailure(exception))
        {
            if (_refusals.TryEnter(out var suppressed))
            {
                LogRefused(RedisReasons.Of(exception), suppressed);
            }

            Count(RedisFailure.Refused, places);
            _timings.RedisCall(started, operation, RedisCallOutcome.Refused);
            return new StoreReply<T>(StoreOutcome.Refused, default);
        }
#pragma warning disable CA1031 // The cache never fails a request, whatever the store or its client does.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (_failures.TryEnter(out var suppressed))
            {
                LogFailed(RedisReasons.Of(exception), suppressed);
            }

            Count(exception is TimeoutException ? RedisFailure.Timeout : RedisFailure.Error, places);
            _timings.RedisCall(started, operation, RedisCallOutcome.Failed);
            return default;
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _breaker.DisposeAsync();

    private void Count(RedisFailure failure, int times)
    {
        for (var i = 0; i < times; i++)
        {
            _counters.RedisFailures.Increment((int)failure);
        }
    }

    private void Leave(int places) => Interlocked.Add(ref _inFlight, -places);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<T> BoundedAsync<TState, T>(Func<IDatabase, TState, Task<T>> call, TState state, int places, CancellationToken cancellationToken)
    {
        Task<T>? task = null;
        try
        {
            task = call(_connection.Database, state);
            return await task.WaitAsync(_options.HardTimeout, _clock, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (task is null || task.IsCompleted)
            {
                Leave(places);
            }
            else
            {
                _ = task.ContinueWith(
                    ended =>
                    {
                        _ = ended.Exception; // Seen: nobody else looks any more.
                        Leave(places);
                    },
                    CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
    }

    // A server that loads its data or has lost its cluster answers every call like this; anything else is an answer to this call alone.
    private static bool IsFailure(Exception exception) => exception switch
    {
        RedisServerException error => RedisReasons.CodeOf(error) is "LOADING" or "MASTERDOWN" or "CLUSTERDOWN" or "BUSY" or "TRYAGAIN" or "NOAUTH",
        TimeoutException or RedisException or ObjectDisposedException => true,
        _ => false,
    };

    [LoggerMessage(EventId = 1211, Level = LogLevel.Warning, Message = "A Redis call was refused because {Bound} are under way already. {Suppressed} more since the last report.")]
    private partial void LogRejected(int bound, long suppressed);

    [LoggerMessage(EventId = 1212, Level = LogLevel.Warning, Message = "Redis refused a call ({Reason}). {Suppressed} more since the last report.")]
    private partial void LogRefused(string reason, long suppressed);

    [LoggerMessage(EventId = 1213, Level = LogLevel.Warning, Message = "A Redis call failed ({Reason}). {Suppressed} more since the last report.")]
    private partial void LogFailed(string reason, long suppressed);
}
