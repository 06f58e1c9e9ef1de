using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Caching;
using NeuroLab.Infrastructure.Caching.Engine;
using NeuroLab.Infrastructure.Caching.Journal;
using NeuroLab.Infrastructure.Caching.Memory;

namespace NeuroLab.UnitTests.Caching;

/// <summary>One node's engine over a journal and a shared tier that other nodes may be given too. Time moves only when told to.</summary>
internal sealed class EngineFixture : IAsyncDisposable
{
    public const string Text = "dashboard:1:summary";

    private readonly ServiceProvider _services;

    public EngineFixture(EngineFixture? other = null, bool redis = false, TestLock? locks = null, Action<Dictionary<string, string?>>? configure = null,
        Action<IServiceCollection>? add = null)
    {
        Time = other?.Time ?? new FakeTimeProvider(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));
        Journal = other?.Journal ?? new TestJournal(new InProcessJournal(Time));
        Tier = other?.Tier ?? new TestTier(Time) { IsConfigured = redis };
        var settings = new Dictionary<string, string?> { ["Cache:Jitter"] = "0", ["Cache:EagerRefresh"] = "1" };
        configure?.Invoke(settings);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<IInvalidationJournal>(Journal);
        services.AddSingleton<IDistributedTier>(Tier);
        Locks = locks ?? other?.Locks;
        if (Locks is not null)
        {
            services.AddSingleton<ILoadLock>(Locks);
        }

        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddScoped<Scoped>();
        services.AddCaching(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        add?.Invoke(services);
        _services = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = false, ValidateScopes = true });
    }

    public FakeTimeProvider Time { get; }

    public TestJournal Journal { get; }

    public TestTier Tier { get; }

    public TestLock? Locks { get; }

    public IServiceProvider Services => _services;

    public ICache Cache => _services.GetRequiredService<ICache>();

    public HybridCache Hybrid => _services.GetRequiredService<HybridCache>();

    public ICommitObserver Commits => _services.GetRequiredService<ICommitObserver>();

    public ICacheAdministration Administration => _services.GetRequiredService<ICacheAdministration>();

    public JournalFollower Follower => _services.GetRequiredService<JournalFollower>();

    public FlightTable Flights => _services.GetRequiredService<FlightTable>();

    public MemoryCleaner Cleaner => _services.GetServices<IHostedService>().OfType<MemoryCleaner>().Single();

    public MemoryTier Memory => (MemoryTier)_services.GetRequiredService<IMemoryTier>();

    public static CacheKey Key { get; } = CacheKey.Of(Text);

    public Task<Cached<string>> GetAsync(
        Func<CancellationToken, Task<LoadResult<string>>> load,
        CachePolicy? policy = null,
        CacheReadOptions options = default,
        IReadOnlyList<string>? tags = null,
        CacheKey? key = null,
        CancellationToken cancellationToken = default) =>
        Cache.GetOrLoadAsync(key ?? Key, load, static (call, _, token) => call(token), policy ?? CachePolicy.Default, tags ?? [], options, cancellationToken).ToTask();

    public Task<Cached<string>> GetAsync(string value, CachePolicy? policy = null, CacheReadOptions options = default) =>
        GetAsync(_ => Task.FromResult<LoadResult<string>>(value), policy, options);

    public Task<Cached<string>> GetFailingAsync(Exception? failure = null, CachePolicy? policy = null, CacheReadOptions options = default) =>
        GetAsync(_ => Task.FromException<LoadResult<string>>(failure ?? new OriginUnavailableException(StaleReason.OriginError)), policy, options);

    public Task InvalidateAsync(string pattern) => Cache.InvalidateAsync([Invalidation.OfPattern(CachePattern.Glob(pattern))], "test", default);

    public Task PurgeAsync(string pattern) => Cache.InvalidateAsync([Invalidation.Purge(CachePattern.Glob(pattern))], "test", default);

    /// <summary>So many records, and a position past them.</summary>
    public async Task ReadOnAsync(int records = 10)
    {
        for (var i = 0; i < records; i++)
        {
            await InvalidateAsync($"x:{i}");
        }

        await Follower.CatchUpAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Memory.Verify();
        await _services.DisposeAsync();
    }

    internal sealed class Scoped;
}

/// <summary>A journal that can be made to fail, or to wait.</summary>
internal sealed class TestJournal(InProcessJournal inner) : IInvalidationJournal
{
    private int _reads;

    public bool Fails { get; set; }

    public Func<Task>? BeforeRead { get; set; }

    public Func<JournalReading, JournalReading>? Change { get; set; }

    public int Reads => Volatile.Read(ref _reads);

    public async Task<JournalReading> ReadAsync(long since, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        var reading = await inner.ReadAsync(since, cancellationToken);
        if (BeforeRead is { } wait)
        {
            await wait();
        }

        ThrowIfFailing();
        return Change?.Invoke(reading) ?? reading;
    }

    public Task<long> AppendAsync(IReadOnlyList<Invalidation> invalidations, string command, CancellationToken cancellationToken)
    {
        ThrowIfFailing();
        return inner.AppendAsync(invalidations, command, cancellationToken);
    }

    /// <summary>What another node's transaction does.</summary>
    public Task<long> CommitElsewhereAsync(string pattern) =>
        inner.AppendAsync([Invalidation.OfPattern(CachePattern.Glob(pattern))], "elsewhere", default);

    public Task<int> TrimAsync(DateTime olderThan, CancellationToken cancellationToken) => inner.TrimAsync(olderThan, cancellationToken);

    public Task<long> CountAsync(CancellationToken cancellationToken) => inner.CountAsync(cancellationToken);

    private void ThrowIfFailing()
    {
        if (Fails)
        {
            throw new OriginUnavailableException(StaleReason.OriginError);
        }
    }
}

/// <summary>A shared tier in memory, with the port's semantics, that can be down.</summary>
internal sealed class TestTier(TimeProvider clock) : IDistributedTier
{
    private readonly ConcurrentDictionary<CacheKey, (DistributedEntry Entry, long At)> _values = new();

    public bool IsConfigured { get; init; }

    public bool IsDown { get; set; }

    public bool IsAvailable => IsConfigured && !IsDown;

    public int Count => _values.Count;

    public Func<Task>? AfterGet { get; set; }

    /// <summary>Whether a value of a key was stored.</summary>
    public bool Holds(CacheKey key) => _values.ContainsKey(key);

    /// <summary>Waits until values are stored: that happens behind the answer.</summary>
    public Task HasAsync(int count) => Eventually.TrueAsync(() => Count == count);

    public async ValueTask<DistributedRead> GetAsync(CacheKey key, CancellationToken cancellationToken)
    {
        if (IsDown)
        {
            return DistributedRead.Unavailable;
        }

        var found = _values.TryGetValue(key, out var value);
        if (AfterGet is { } wait)
        {
            await wait();
        }

        if (!found)
        {
            return DistributedRead.Miss;
        }

        var age = value.Entry.Age + clock.GetElapsedTime(value.At);
        return age >= value.Entry.TimeToLive + value.Entry.StaleWindow
            ? DistributedRead.Miss
            : new DistributedRead(DistributedReadOutcome.Found, value.Entry with { Age = age });
    }

    public Func<Task>? BeforeSet { get; set; }

    public async ValueTask<bool> SetAsync(CacheKey key, DistributedEntry entry, CancellationToken cancellationToken)
    {
        if (BeforeSet is { } wait)
        {
            await wait();
        }

        if (!IsDown)
        {
            _values[key] = (entry, clock.GetTimestamp());
        }

        return !IsDown;
    }

    /// <summary>What is stored for a key, as it was written; null where nothing is.</summary>
    public DistributedEntry? Find(CacheKey key) => _values.TryGetValue(key, out var value) ? value.Entry : null;

    /// <summary>The payload that is stored for a key.</summary>
    public string? Text(CacheKey key) => Find(key) is { } entry ? System.Text.Encoding.UTF8.GetString(entry.Payload.Span) : null;

    public void Change(CacheKey key, Func<DistributedEntry, DistributedEntry> change) => _values[key] = (change(_values[key].Entry), _values[key].At);

    public Task<long?> PurgeAsync(CachePattern pattern, CancellationToken cancellationToken) =>
        Task.FromResult<long?>(_values.Keys.Where(key => Glob.IsMatch(pattern.Text, key.Value)).Count(key => _values.TryRemove(key, out _)));

    public Task<CacheListing> ListAsync(CachePattern pattern, int limit, CancellationToken cancellationToken) =>
        Task.FromResult(new CacheListing([], IsComplete: false));

    public Task<long?> CountAsync(CachePattern pattern, CancellationToken cancellationToken) =>
        Task.FromResult<long?>(IsDown ? null : _values.Keys.Count(key => Glob.IsMatch(pattern.Text, key.Value)));

    public Task<DistributedTierStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new DistributedTierStatus { Status = IsAvailable ? "healthy" : "unavailable" });
}
