using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace NeuroLab.Infrastructure.Caching.Redis;

/// <summary>
/// The one connection of this process to the store: values, hints and locks share it. It is made in the background and kept up for ever; a
/// heartbeat learns the store's time and finds out whether it lives, traffic or not. Thread-safe.
/// </summary>
internal sealed partial class RedisConnection : IAsyncDisposable
{
    // The client gives a call up after this time, and takes a link that has been silent for four times as long for dead.
    private static readonly TimeSpan ClientTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    private readonly RedisOptions _options;
    private readonly RedisEndpoints _endpoints;
    private readonly Tunnel? _tunnel;
    private readonly TimeProvider _clock;
    private readonly ILogger<RedisConnection> _logger;
    private readonly LogThrottle _failures;
    private readonly LogThrottle _subscriptions;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _starting = new();
    private readonly ConcurrentQueue<Func<ConnectionMultiplexer, Task>> _onceConnected = new();
    private TaskCompletionSource _wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ConnectionMultiplexer? _multiplexer;
    private volatile IDatabase? _database;
    private volatile bool _alive;
    private volatile bool _isCluster;
    private long _learntOver = -1;
    private Task? _running;

    /// <summary>Creates the connection; <see cref="Start"/> makes it.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="logger">The log.</param>
    /// <param name="tunnel">What the client's links lead through; null: nothing.</param>
    public RedisConnection(IOptions<RedisOptions> options, TimeProvider clock, ILogger<RedisConnection> logger, Tunnel? tunnel = null)
    {
        _tunnel = tunnel;
        (_options, _clock, _logger) = (options.Value, clock, logger);
        _endpoints = _options.Endpoints ?? throw new InvalidOperationException("No Redis is configured.");
        (_failures, _subscriptions) = (new LogThrottle(clock), new LogThrottle(clock));
        Time = new RedisClock(clock);
    }

    /// <summary>The store's time.</summary>
    public RedisClock Time { get; }

    /// <summary>Whether a call may be tried: connected, answered the last heartbeat, time known. Cheap.</summary>
    public bool IsUsable => _alive && Time.IsKnown && _multiplexer is { IsConnected: true };

    /// <summary>Whether the store is a cluster, whose keys lie in slots.</summary>
    public bool IsCluster => _isCluster;

    /// <summary>The client; null until it was made. It stays the same from then on, across lost connections.</summary>
    public ConnectionMultiplexer? Multiplexer => _multiplexer;

    /// <summary>The database of the settings.</summary>
    /// <exception cref="RedisConnectionException">There is no connection yet.</exception>
    public IDatabase Database => _database ?? throw new RedisConnectionException(ConnectionFailureType.UnableToConnect, "There is no connection yet.");

    /// <summary>The number of the database.</summary>
    public int DatabaseNumber => _endpoints.Database;

    /// <summary>Begins to connect, in the background. Calls after the first do nothing.</summary>
    public void Start()
    {
        lock (_starting)
        {
            _running ??= Task.Run(RunAsync);
        }
    }

    /// <summary>Does something once the store answers for the first time; where it fails, at a later heartbeat again.</summary>
    public void OnceConnected(Func<ConnectionMultiplexer, Task> act) => _onceConnected.Enqueue(act);

    /// <summary>The masters that are connected. A replica is never asked: what it holds may lag behind.</summary>
    public IReadOnlyList<IServer> Masters() => _multiplexer is { } multiplexer ? [.. multiplexer.GetServers().Where(server => server is { IsReplica: false, IsConnected: true })] : [];

    /// <summary>Asks every connected master for its time, bounded by the hard timeout, and learns it.</summary>
    /// <exception cref="Exception">One did not answer.</exception>
    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        var servers = Masters();
        if (servers.Count == 0)
        {
            // Fails at once, and with the reason.
            await Database.PingAsync().WaitAsync(_options.HardTimeout, _clock, cancellationToken).ConfigureAwait(false);
            throw new RedisConnectionException(ConnectionFailureType.UnableToConnect, "Not connected.");
        }

        _isCluster = servers.Any(static server => server.ServerType == ServerType.Cluster);
        var sockets = SocketsOpened();
        Time.Learn(await Task.WhenAll(servers.Select(AskTimeAsync)).ConfigureAwait(false));
        Interlocked.Exchange(ref _learntOver, sockets);

        async Task<(TimeSpan Sent, TimeSpan Received, DateTime Time)> AskTimeAsync(IServer server)
        {
            var sent = Time.Mark();
            // While it loads its data a server tells its time and refuses PING, as it refuses reads.
            var time = server.TimeAsync();
            var ping = server.PingAsync();
            await Task.WhenAll(time, ping).WaitAsync(_options.HardTimeout, _clock, cancellationToken).ConfigureAwait(false);
            return (sent, Time.Mark(), DateTime.SpecifyKind(await time.ConfigureAwait(false), DateTimeKind.Utc));
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _alive = false;
        if (_running is { } running)
        {
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (_multiplexer is { } multiplexer)
        {
            // Calls under way are not waited for: a store that hangs must not hold the shutdown up.
            await multiplexer.CloseAsync(allowCommandsToComplete: false).ConfigureAwait(false);
            await multiplexer.DisposeAsync().ConfigureAwait(false);
        }

        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        var stopping = _stopping.Token;
        try
        {
            while (!await TryConnectAsync().ConfigureAwait(false))
            {
                await Task.Delay(_options.HeartbeatInterval, _clock, stopping).ConfigureAwait(false);
            }

            while (true)
            {
                var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                Volatile.Write(ref _wake, woken);
                // One late answer may be this node's own fault: it is asked twice before it is taken for dead.
                _ = await BeatAsync(isLastTry: false, stopping).ConfigureAwait(false) || await BeatAsync(isLastTry: true, stopping).ConfigureAwait(false);
                await Task.WhenAny(Task.Delay(_options.HeartbeatInterval, _clock, stopping), woken.Task).ConfigureAwait(false);
                stopping.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Disposed: the end of the loop.
        }
    }

    private async Task<bool> TryConnectAsync()
    {
        try
        {
            var multiplexer = await ConnectionMultiplexer.ConnectAsync(ClientOptions()).ConfigureAwait(false);
            multiplexer.ConnectionFailed += OnConnectionFailed;
            multiplexer.ConnectionRestored += OnConnectionRestored;
            _database = multiplexer.GetDatabase(_endpoints.Database);
            _multiplexer = multiplexer;
            return true;
        }
#pragma warning disable CA1031 // Whatever goes wrong means: not yet.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Report(RedisReasons.Of(exception));
            return false;
        }
    }

    private async Task<bool> BeatAsync(bool isLastTry, CancellationToken stopping)
    {
        try
        {
            await ProbeAsync(stopping).ConfigureAwait(false);
            if (!_alive)
            {
                _alive = true;
                LogUsable();
            }

            await DoWhatWaitedAsync(stopping).ConfigureAwait(false);
            return true;
        }
#pragma warning disable CA1031 // Whatever goes wrong means: not alive now.
        catch (Exception exception) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (isLastTry)
            {
                _alive = false;
                Report(RedisReasons.Of(exception));
            }

            return false;
        }
    }

    // Apart from liveness: a user who may not subscribe can still read and write.
    private async Task DoWhatWaitedAsync(CancellationToken stopping)
    {
        try
        {
            while (_onceConnected.TryPeek(out var act))
            {
                await act(_multiplexer!).WaitAsync(_options.HardTimeout, _clock, stopping).ConfigureAwait(false);
                _onceConnected.TryDequeue(out _);
            }
        }
#pragma warning disable CA1031 // Tried again at the next heartbeat.
        catch (Exception exception) when (!stopping.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (_subscriptions.TryEnter(out var suppressed))
            {
                LogNotSubscribed(RedisReasons.Of(exception), suppressed);
            }
        }
    }

    private void OnConnectionFailed(object? sender, ConnectionFailedEventArgs e)
    {
        if (e.ConnectionType == ConnectionType.Interactive)
        {
            Report(RedisReasons.Of(e.Exception));
        }
    }

    private void OnConnectionRestored(object? sender, ConnectionFailedEventArgs e)
    {
        // What answers now may be another server, or the same one with another clock: nothing is judged until its time is known. The event comes
        // late and for the first link as well, so it may tell of one over which the time was learnt already.
        if (e.ConnectionType == ConnectionType.Interactive && SocketsOpened() != Interlocked.Read(ref _learntOver))
        {
            Time.Forget();
            Volatile.Read(ref _wake).TrySetResult();
        }
    }

    // Grows with every new link to any server.
    private long SocketsOpened() => _multiplexer?.GetServers().Sum(s => s.GetCounters().Interactive.SocketCount) ?? 0;

    private void Report(string reason)
    {
        if (_failures.TryEnter(out var suppressed))
        {
            LogNotReachable(reason, suppressed);
        }
    }

    private ConfigurationOptions ClientOptions()
    {
        var options = new ConfigurationOptions
        {
            // Only the first connection: where no server can be used it fails with the reason, and is tried again.
            AbortOnConnectFail = true,
            AllowAdmin = false,
            AsyncTimeout = (int)ClientTimeout.TotalMilliseconds,
            SyncTimeout = (int)ClientTimeout.TotalMilliseconds,
            // A call that finds no connection fails at once: the answer comes from memory or the origin.
            BacklogPolicy = BacklogPolicy.FailFast,
            ClientName = "neurolab",
            // Learns of a new master within seconds.
            ConfigCheckSeconds = 2,
            // Neither a channel nor a key that is not ours is touched.
            ConfigurationChannel = "",
            TieBreaker = "",
            ConnectRetry = 1,
            ConnectTimeout = (int)ConnectTimeout.TotalMilliseconds,
            HeartbeatInterval = TimeSpan.FromMilliseconds(500),
            // Exception texts would have keys in them.
            IncludeDetailInExceptions = false,
            KeepAlive = 5,
            Password = _endpoints.Password,
            ReconnectRetryPolicy = new LinearRetry(500),
            // The pool that goes on with every answer also reads it: threads of the client's own would be one more switch for each.
            SocketManager = SocketManager.ThreadPool,
            Ssl = _endpoints.Tls,
            Tunnel = _tunnel,
            User = _endpoints.User,
        };
        if (_options.TrustedAuthorities is { } authorities)
        {
            // The platform's own check, the name included, against these authorities alone. Such rarely say which certificates they have withdrawn.
            var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            trust.CustomTrustStore.AddRange(authorities);
            options.SslClientAuthenticationOptions = host => new SslClientAuthenticationOptions
            {
                TargetHost = host,
                CertificateChainPolicy = trust,
            };
        }

        foreach (var (host, port) in _endpoints.Hosts)
        {
            options.EndPoints.Add(IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, port) : new DnsEndPoint(host, port));
        }

        return options;
    }

    [LoggerMessage(EventId = 1201, Level = LogLevel.Information, Message = "Redis answers: the shared tier is in use.")]
    private partial void LogUsable();

    [LoggerMessage(EventId = 1202, Level = LogLevel.Warning, Message = "Redis cannot be reached ({Reason}); the service works from memory and keeps trying. {Suppressed} more since the last report.")]
    private partial void LogNotReachable(string reason, long suppressed);

    [LoggerMessage(EventId = 1203, Level = LogLevel.Warning, Message = "Hints of other nodes cannot be subscribed to ({Reason}); the poll of the journal serves instead. {Suppressed} more since the last report.")]
    private partial void LogNotSubscribed(string reason, long suppressed);
}
