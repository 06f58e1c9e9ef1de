using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging;
using NeuroLab.Infrastructure.Configuration;
using Polly;
using Polly.CircuitBreaker;

namespace NeuroLab.Infrastructure.Resilience;

/// <summary>When a breaker opens and how it is closed again.</summary>
public sealed record CircuitBreakerSettings
{
    /// <summary>Share of failed calls at which it opens, and nothing is asked any more.</summary>
    [Range(0.01, 1.0)]
    public double FailureRatio { get; init; } = 0.5;

    /// <summary>Calls within the sampling time below which it never opens.</summary>
    [Range(2, 100_000)]
    public int MinimumThroughput { get; init; } = 5;

    /// <summary>Over what time calls are counted.</summary>
    [TimeRange("00:00:00.5", "01:00:00")]
    public TimeSpan SamplingDuration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often an open breaker asks whether the other side is back.</summary>
    [TimeRange("00:00:00.01", "00:10:00")]
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>After what time a caller is let through although no probe has succeeded.</summary>
    [TimeRange("00:00:00.5", "01:00:00")]
    public TimeSpan MaxBreak { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>
/// A circuit breaker that finds out by itself, in the background, when the other side is back: while it is open no caller pays for
/// the question. Thread-safe.
/// </summary>
public sealed partial class ProbedCircuitBreaker : IAsyncDisposable
{
    private const string Closed = "closed";
    private const string Open = "open";
    private const string HalfOpen = "half_open";

    private readonly CircuitBreakerManualControl _control = new();
    private readonly CircuitBreakerStateProvider _state = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ResiliencePipeline _pipeline;
    private readonly CircuitBreakerSettings _settings;
    private readonly Func<CancellationToken, Task> _probe;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly string _name;
    private readonly SemaphoreSlim _opened = new(0);
    private readonly Task _probing;

    /// <summary>Creates a closed breaker.</summary>
    /// <param name="name">What it protects, for the log.</param>
    /// <param name="settings">When it opens.</param>
    /// <param name="isFailure">Which exceptions count; any other passes through and counts as a success.</param>
    /// <param name="probe">Asks the other side; bounded in time by itself; throws while it is not back.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="logger">The log.</param>
    public ProbedCircuitBreaker(
        string name, CircuitBreakerSettings settings, Func<Exception, bool> isFailure, Func<CancellationToken, Task> probe, TimeProvider clock, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(settings);
        (_name, _settings, _probe, _clock, _logger) = (name, settings, probe, clock, logger);
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = settings.FailureRatio,
                MinimumThroughput = settings.MinimumThroughput,
                SamplingDuration = settings.SamplingDuration,
                BreakDuration = settings.MaxBreak,
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } exception && isFailure(exception)),
                ManualControl = _control,
                StateProvider = _state,
                OnOpened = _ =>
                {
                    LogOpened(_name);
                    _opened.Release();
                    Changed?.Invoke(Open);
                    return default;
                },
                OnHalfOpened = _ =>
                {
                    Changed?.Invoke(HalfOpen);
                    return default;
                },
                OnClosed = _ =>
                {
                    LogClosed(_name);
                    Changed?.Invoke(Closed);
                    return default;
                },
            })
            .Build();
        _probing = Task.Run(ProbeWhileOpenAsync);
    }

    /// <summary>The state: <c>closed</c>, <c>open</c> or <c>half_open</c>.</summary>
    public string State => _state.CircuitState switch
    {
        CircuitState.Closed => Closed,
        CircuitState.HalfOpen => HalfOpen,
        _ => Open,
    };

    /// <summary>Raised with the new state each time it changes, in the order in which it does. A handler must be quick and must not throw: a caller waits for it.</summary>
    public event Action<string>? Changed;

    /// <summary>Whether calls are let through.</summary>
    public bool IsClosed => _state.CircuitState == CircuitState.Closed;

    /// <summary>When asking again makes sense, for a caller that was refused.</summary>
    public TimeSpan RetryAfter => _settings.ProbeInterval;

    /// <summary>Makes a call, or refuses it at once.</summary>
    /// <exception cref="BrokenCircuitException">The breaker is open.</exception>
    public ValueTask<T> ExecuteAsync<TState, T>(Func<TState, CancellationToken, ValueTask<T>> call, TState state, CancellationToken cancellationToken) =>
        _pipeline.ExecuteAsync(call, state, cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _probing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
        _opened.Dispose();
    }

    private async Task ProbeWhileOpenAsync()
    {
        var stopping = _stopping.Token;
        try
        {
            while (true)
            {
                await _opened.WaitAsync(stopping).ConfigureAwait(false);
                do
                {
                    await Task.Delay(_settings.ProbeInterval, _clock, stopping).ConfigureAwait(false);
                }
                while (!IsClosed && !await IsBackAsync(stopping).ConfigureAwait(false));
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Disposed: the end of the loop.
        }
    }

    private async Task<bool> IsBackAsync(CancellationToken stopping)
    {
        try
        {
            await _probe(stopping).ConfigureAwait(false);
            await _control.CloseAsync(stopping).ConfigureAwait(false);
            return true;
        }
#pragma warning disable CA1031 // Whatever the probe throws means: not back yet.
        catch (Exception) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogNotBack(_name);
            return false;
        }
    }

    [LoggerMessage(EventId = 1001, Level = LogLevel.Warning, Message = "The circuit breaker of {Name} opened: calls are refused until a probe succeeds.")]
    private partial void LogOpened(string name);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Information, Message = "The circuit breaker of {Name} closed.")]
    private partial void LogClosed(string name);

    [LoggerMessage(EventId = 1003, Level = LogLevel.Debug, Message = "{Name} is not back yet.")]
    private partial void LogNotBack(string name);
}
