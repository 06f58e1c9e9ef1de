using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NeuroLab.Infrastructure.Resilience;
using NeuroLab.UnitTests.Caching;

namespace NeuroLab.UnitTests.Resilience;

/// <summary>What a breaker tells of its state.</summary>
public sealed class ProbedCircuitBreakerTests : IAsyncLifetime
{
    private static readonly CircuitBreakerSettings Settings = new() { MinimumThroughput = 2, ProbeInterval = TimeSpan.FromSeconds(1), MaxBreak = TimeSpan.FromSeconds(60) };

    private readonly FakeTimeProvider _clock = new();
    private readonly List<string> _told = [];
    private readonly ProbedCircuitBreaker _breaker;
    private bool _isBack;

    public ProbedCircuitBreakerTests()
    {
        _breaker = new ProbedCircuitBreaker(
            "it", Settings, static _ => true, _ => Volatile.Read(ref _isBack) ? Task.CompletedTask : Task.FromException(new TimeoutException()), _clock, NullLogger.Instance);
        _breaker.Changed += state =>
        {
            state.Should().Be(_breaker.State, "it is in that state by then");
            lock (_told)
            {
                _told.Add(state);
            }
        };
    }

    private List<string> Told
    {
        get
        {
            lock (_told)
            {
                return [.. _told];
            }
        }
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _breaker.DisposeAsync();

    [Fact]
    public async Task Changed_WhenItOpensAndAProbeClosesIt_TellsEachOnce()
    {
        await FailAsync();
        Told.Should().Equal("open");

        Volatile.Write(ref _isBack, true);
        await Eventually.TrueAsync(() =>
        {
            _clock.Advance(Settings.ProbeInterval);
            return Told.Count == 2;
        });

        Told.Should().Equal("open", "closed");
    }

    [Fact]
    public async Task Changed_WhenACallerIsLetThroughAndFails_TellsThatItWasHalfOpen()
    {
        await FailAsync();
        _clock.Advance(Settings.MaxBreak);

        await CallAsync();

        Told.Should().Equal("open", "half_open", "open");
    }

    private async Task FailAsync()
    {
        for (var call = 0; call < Settings.MinimumThroughput; call++)
        {
            await CallAsync();
        }
    }

    private async Task CallAsync()
    {
        var call = async () => await _breaker.ExecuteAsync(static (_, _) => ValueTask.FromException<int>(new TimeoutException()), 0, CancellationToken.None);
        await call.Should().ThrowAsync<TimeoutException>();
    }
}
