using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Caching.Engine;

namespace NeuroLab.UnitTests.Caching;

/// <summary>What the log says at its level Debug of why something was loaded, or answered stale: the same that an operator is told of the key.</summary>
public sealed class LoadReasonTests : IAsyncDisposable
{
    private readonly Lines _lines = new();
    private readonly EngineFixture _node;

    public LoadReasonTests() => _node = Node(null);

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task Load_OfWhatNobodyCached_SaysThatNothingIs()
    {
        await _node.GetAsync("a");

        _lines.All.Should().Equal("A String is loaded. Nothing is cached.");
    }

    [Fact]
    public async Task Load_OfWhatAWriteHasOvertaken_NamesTheWrite()
    {
        await _node.GetAsync("a");
        await _node.InvalidateAsync("dashboard:*");

        await _node.GetAsync("b");

        _lines.All[^1].Should().Be("A String is loaded. test has overtaken it.");
    }

    [Fact]
    public async Task Load_WhenRedisDoesNotAnswer_SaysSo()
    {
        _node.Tier.IsDown = true;

        await _node.GetAsync("a");

        _lines.All.Should().Equal("A String is loaded. Redis did not answer in time, or is not asked while it fails.");
    }

    [Fact]
    public async Task Load_WhenRedisHasAValueOfAnotherJournal_SaysSo()
    {
        await _node.GetAsync("a");
        await _node.Tier.HasAsync(1);
        await using var other = Node(_node);
        _node.Tier.Change(EngineFixture.Key, entry => entry with { JournalId = Guid.NewGuid() });

        await other.GetAsync("b");

        _lines.All[^1].Should().Be("A String is loaded. What is in Redis was loaded under another journal, or under a later state of this one.");
    }

    [Fact]
    public async Task Load_WhenRedisHasAValueOfAnotherShape_SaysSo()
    {
        await _node.GetAsync("a");
        await _node.Tier.HasAsync(1);
        await using var other = Node(_node);
        _node.Tier.Change(EngineFixture.Key, entry => entry with { Schema = 7 });

        await other.GetAsync("b");

        _lines.All[^1].Should().Be("A String is loaded. What is in Redis is of another shape, or by its own account from the future.");
    }

    [Fact]
    public async Task Load_WhenTheOriginIsAskedFor_SaysThatItIsWanted()
    {
        await _node.GetAsync("a");

        await _node.GetAsync("b", options: new CacheReadOptions(ForceRefresh: true));

        _lines.All[^1].Should().StartWith("A String is loaded. The origin is wanted");
    }

    [Fact]
    public async Task StaleAnswer_WhenTheOriginFails_SaysWhyAndWhatStandsAgainstTheCopy()
    {
        await _node.GetAsync("a");
        _node.Time.Advance(TimeSpan.FromSeconds(301));

        await _node.GetFailingAsync(new OriginUnavailableException(StaleReason.OriginTimeout));

        _lines.All[^1].Should().Be("A String is answered with a stale copy: OriginTimeout. Its time to live is over.");
    }

    private EngineFixture Node(EngineFixture? other) => new(other, redis: true, add: services =>
    {
        services.AddSingleton<ILogger<Loader>>(new Logger<Loader>(_lines));
        services.AddSingleton<ILogger<CacheEngine>>(new Logger<CacheEngine>(_lines));
    });

    private sealed class Lines : ILoggerFactory, ILogger
    {
        private readonly List<string> _all = [];

        /// <summary>Those of the level Debug.</summary>
        public IReadOnlyList<string> All
        {
            get
            {
                lock (_all)
                {
                    return [.. _all];
                }
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Debug)
            {
                lock (_all)
                {
                    _all.Add(formatter(state, exception));
                }
            }
        }

        public void Dispose()
        {
        }
    }
}
