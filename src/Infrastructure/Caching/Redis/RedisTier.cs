using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Diagnostics;
using NeuroLab.Infrastructure.Caching.Journal;
using StackExchange.Redis;

namespace NeuroLab.Infrastructure.Caching.Redis;

/// <summary>
/// The shared tier on Redis: one binary value a key, written with SET PX and read with GET or MGET, one round trip each. The store removes a value at the
/// end of its stale window; how old it is follows from the store's own clock. Thread-safe.
/// </summary>
internal sealed partial class RedisTier : IDistributedTier
{
    // More than two nodes' knowledge of the store's clock can differ between heartbeats, unless that clock was set back.
    private const long FutureToleranceMs = 250;

    // For so long the status tells of a write that was refused, where none was taken since.
    private static readonly TimeSpan RefusalIsRecent = TimeSpan.FromSeconds(30);

    private readonly RedisConnection _connection;
    private readonly RedisCalls _calls;
    private readonly RedisReads _reads;
    private readonly RedisWrites _writes;
    private readonly RedisKeyspace _keyspace;
    private readonly RedisOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<RedisTier> _logger;
    private readonly RedisKey _prefix;
    private readonly LogThrottle _unusable;
    private readonly LogThrottle _tooLarge;
    private long _refusedAt;

    public RedisTier(RedisConnection connection, RedisCalls calls, IOptions<RedisOptions> options, TimeProvider clock, ILogger<RedisTier> logger)
    {
        (_connection, _calls, _options, _clock, _logger) = (connection, calls, options.Value, clock, logger);
        _prefix = _options.KeyPrefix;
        (_reads, _writes) = (new RedisReads(connection, calls, clock), new RedisWrites(connection, calls));
        _keyspace = new RedisKeyspace(connection, calls, _options.KeyPrefix, clock);
        (_unusable, _tooLarge) = (new LogThrottle(clock), new LogThrottle(clock));
    }

    /// <inheritdoc />
    public bool IsConfigured => true;

    /// <inheritdoc />
    public bool IsAvailable => _calls.IsAvailable;

    /// <inheritdoc />
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<DistributedRead> GetAsync(CacheKey key, CancellationToken cancellationToken)
    {
        var reply = await _reads.GetAsync(_prefix.Append(key.Value), cancellationToken).ConfigureAwait(false);
        if (reply.Outcome != StoreOutcome.Answered)
        {
            return reply.Outcome == StoreOutcome.Refused ? DistributedRead.MissBecause("the store refused to show it") : DistributedRead.Unavailable;
        }

        if (reply.Value.IsNull)
        {
            return DistributedRead.Miss;
        }

        if (!RedisValueCodec.TryDecode(key, (ReadOnlyMemory<byte>)reply.Value, out var loadedAt, out var entry))
        {
            return Unusable("it is damaged, of another format or of another key");
        }

        if (!_connection.Time.TryGetNow(out _, out var now))
        {
            return DistributedRead.Unavailable;
        }

        var age = now - loadedAt;
        if (age < -FutureToleranceMs)
        {
            return Unusable("it was loaded in the future of the store's clock");
        }

        entry = entry with { Age = TimeSpan.FromMilliseconds(Math.Max(0, age)) };
        return entry.Age < entry.TimeToLive + entry.StaleWindow ? new DistributedRead(DistributedReadOutcome.Found, entry) : DistributedRead.Miss;
    }

    /// <inheritdoc />
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> SetAsync(CacheKey key, DistributedEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var life = entry.TimeToLive + entry.StaleWindow - entry.Age;
        if (life < TimeSpan.FromMilliseconds(1) || entry.TimeToLive < TimeSpan.FromMilliseconds(1) || !_calls.IsAvailable
            || !_connection.Time.TryGetNow(out var now, out _))
        {
            return false;
        }

        // Rounded so that the value looks a little older than it is.
        var loadedAt = now - (long)Math.Ceiling(Math.Max(0, entry.Age.TotalMilliseconds));
        if (RedisValueCodec.Encode(key, entry, loadedAt, _options.CompressFromBytes) is not { } bytes)
        {
            if (_tooLarge.TryEnter(out var suppressed))
            {
                LogTooLarge(suppressed);
            }

            return false;
        }

        var reply = await _writes.SetAsync(_prefix.Append(key.Value), bytes, life, cancellationToken).ConfigureAwait(false);
        if (reply.Outcome != StoreOutcome.Unavailable)
        {
            Volatile.Write(ref _refusedAt, reply.Outcome == StoreOutcome.Refused ? _clock.GetTimestamp() : 0);
        }

        return reply is { Outcome: StoreOutcome.Answered, Value: true };
    }

    /// <inheritdoc />
    public Task<long?> PurgeAsync(CachePattern pattern, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return Glob.IsLiteral(pattern.Text, out var key) ? RemoveAsync(key, cancellationToken) : _keyspace.PurgeAsync(pattern, cancellationToken);
    }

    /// <inheritdoc />
    public Task<CacheListing> ListAsync(CachePattern pattern, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return _keyspace.ListAsync(pattern, limit, cancellationToken);
    }

    /// <inheritdoc />
    public Task<long?> CountAsync(CachePattern pattern, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return _keyspace.CountAsync(pattern, cancellationToken);
    }

    /// <inheritdoc />
    public async Task<DistributedTierStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        var masters = _connection.Masters();
        var started = _clock.GetTimestamp();
        var infos = new List<string>(masters.Count);
        foreach (var master in masters)
        {
            // As a plain command: the client's own INFO asks for admin mode, which stays off.
            var reply = await _calls.RunAsync(RedisOperation.Info, static (_, server) => server.ExecuteAsync("INFO"), master, cancellationToken).ConfigureAwait(false);
            if (reply.Outcome != StoreOutcome.Answered)
            {
                return new DistributedTierStatus { Status = reply.Outcome == StoreOutcome.Refused ? "error" : "unavailable" };
            }

            infos.Add((string?)reply.Value ?? "");
        }

        if (infos.Count == 0)
        {
            return new DistributedTierStatus { Status = "unavailable" };
        }

        var status = RedisInfo.Parse(infos, _clock.GetElapsedTime(started));
        var refusedAt = Volatile.Read(ref _refusedAt);
        return refusedAt != 0 && _clock.GetElapsedTime(refusedAt) < RefusalIsRecent ? status with { Status = "error" } : status;
    }

    private async Task<long?> RemoveAsync(string key, CancellationToken cancellationToken)
    {
        var reply = await _calls.RunAsync(RedisOperation.Delete, static (database, k) => database.KeyDeleteAsync(k), _prefix.Append(key), cancellationToken).ConfigureAwait(false);
        return reply.Outcome == StoreOutcome.Answered ? reply.Value ? 1 : 0 : null;
    }

    private DistributedRead Unusable(string reason)
    {
        if (_unusable.TryEnter(out var suppressed))
        {
            LogUnusable(reason, suppressed);
        }

        return DistributedRead.MissBecause(reason);
    }

    [LoggerMessage(EventId = 1221, Level = LogLevel.Warning, Message = "A value in Redis cannot be used: {Reason}. {Suppressed} more since the last report.")]
    private partial void LogUnusable(string reason, long suppressed);

    [LoggerMessage(EventId = 1222, Level = LogLevel.Warning, Message = "A value is too large for Redis and stays in memory alone. {Suppressed} more since the last report.")]
    private partial void LogTooLarge(long suppressed);
}
