using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching;
using NeuroLab.Infrastructure.Caching.Redis;

namespace NeuroLab.IntegrationTests.Redis;

/// <summary>The tier as the product registers it, in a host of its own, and the log that it writes.</summary>
internal sealed class RedisTierHost : IAsyncDisposable
{
    /// <summary>The product's own bound of a call, for tests that are about it; all others give a machine that is busy its time.</summary>
    public static readonly (string Name, string Value) UsualTimeout = ("Cache:Redis:HardTimeout", "00:00:00.250");

    private readonly IHost _host;

    private RedisTierHost(IHost host) => _host = host;

    public IDistributedTier Tier => _host.Services.GetRequiredService<IDistributedTier>();

    public ICache Cache => _host.Services.GetRequiredService<ICache>();

    public ILoadLock Locks => _host.Services.GetRequiredService<ILoadLock>();

    public IInvalidationHints Hints => _host.Services.GetRequiredService<IInvalidationHints>();

    public RedisCalls Calls => _host.Services.GetRequiredService<RedisCalls>();

    public RedisConnection Connection => _host.Services.GetRequiredService<RedisConnection>();

    public LogLines Log { get; private init; } = null!;

    public string? Url { get; private init; }

    /// <summary>Starts it.</summary>
    /// <param name="url">REDIS_URL.</param>
    /// <param name="waitUntilAvailable">Whether to wait until the tier may be asked.</param>
    /// <param name="clock">The node's clock; null for the real one.</param>
    /// <param name="journal">The journal of the engine above the tier; null for the tier alone.</param>
    /// <param name="settings">More settings.</param>
    public static async Task<RedisTierHost> StartAsync(string? url, bool waitUntilAvailable = true, TimeProvider? clock = null, IInvalidationJournal? journal = null, params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var log = new LogLines();
        builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        builder.Configuration.AddInMemoryCollection(new[] { KeyValuePair.Create("REDIS_URL", url), KeyValuePair.Create<string, string?>(UsualTimeout.Name, "00:00:05") }.Concat(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))).GroupBy(s => s.Key).Select(s => s.Last()));
        if (clock is not null)
        {
            builder.Services.TryAddSingleton(clock);
        }

        builder.Services.AddRedisTier(builder.Configuration);
        if (journal is not null)
        {
            builder.Services.AddSingleton(journal).AddCaching(builder.Configuration);
        }

        var host = new RedisTierHost(builder.Build()) { Log = log, Url = url };
        await host._host.StartAsync();
        if (waitUntilAvailable)
        {
            await host.UntilAsync(() => host.Tier.IsAvailable, "the tier is available");
        }

        return host;
    }

    /// <summary>Waits until something holds.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> UntilAsync(Func<bool> condition, string what, int limitSeconds = 10)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(limitSeconds))
            {
                throw new TimeoutException($"Not within {limitSeconds} s: {what}. Log: {Log}");
            }

            await Task.Delay(10);
        }

        return Stopwatch.GetElapsedTime(started);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }

    public static DistributedEntry Entry(string text, TimeSpan? ttl = null, TimeSpan? stale = null, TimeSpan? age = null) => new()
    {
        Payload = System.Text.Encoding.UTF8.GetBytes(text),
        Schema = 0xfeed_beef_0000_0001,
        JournalId = new Guid("6a5f0810-0000-4000-8000-000000000001"),
        Lease = 42,
        CachedAt = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
        Age = age ?? TimeSpan.Zero,
        TimeToLive = ttl ?? TimeSpan.FromSeconds(300),
        StaleWindow = stale ?? TimeSpan.FromSeconds(600),
        Tags = ["a", "grüße"],
    };
}

/// <summary>Keeps what is logged.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lines)
        {
            _lines.Add($"{logLevel} {eventId.Id} {formatter(state, exception)} {exception}");
        }
    }

    public void Dispose()
    {
    }

    public override string ToString() => string.Join('\n', Lines);
}
