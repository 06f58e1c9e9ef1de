using Microsoft.Extensions.Logging;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Application.Common;

namespace NeuroLab.Infrastructure.Identity;

/// <summary>
/// The keys with which tokens are signed and checked, as they were last read. Read by one reader for all who wait, and at most once a second; whoever asks
/// within a second of a failure is refused at once. What is known stays known while it cannot be read again. Thread-safe.
/// </summary>
internal sealed partial class SigningKeys(ISigningKeyStore store, TimeProvider clock, ILogger<SigningKeys> logger) : ISigningKeyRotation
{
    /// <summary>Least time between a try and the next.</summary>
    internal static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private volatile KeyRing? _ring;
    private Task<KeyRing>? _reading;
    private long? _startedAt;
    private long? _failedAt;

    /// <summary>The keys; null while they are not known.</summary>
    public KeyRing? Current => _ring;

    /// <summary>Whether they can be read without the database.</summary>
    public bool IsLocal => store.IsLocal;

    /// <summary>The keys, read first where they are not known yet.</summary>
    /// <exception cref="OriginUnavailableException">They could not be read.</exception>
    public Task<KeyRing> GetAsync(CancellationToken cancellationToken)
    {
        if (_ring is { } ring)
        {
            return Task.FromResult(ring);
        }

        lock (_gate)
        {
            if (_ring is { } known)
            {
                return Task.FromResult(known);
            }

            if (_reading is null && _failedAt is { } failedAt && clock.GetElapsedTime(failedAt) < RetryAfter)
            {
                throw new OriginUnavailableException(StaleReason.OriginError, RetryAfter);
            }

            return StartReading().WaitAsync(cancellationToken);
        }
    }

    /// <summary>Reads the keys again, unless that was begun within the last second. Where it fails, those that are known stay.</summary>
    public Task RefreshAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_reading is null && _startedAt is { } startedAt && clock.GetElapsedTime(startedAt) < RetryAfter)
            {
                return Task.CompletedTask;
            }

            return ((Task)StartReading()).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).WaitAsync(cancellationToken);
        }
    }

    /// <summary>Removes keys by which no token can be valid any more.</summary>
    /// <exception cref="OriginUnavailableException">The database cannot be reached.</exception>
    public Task RemoveRetiredAsync(CancellationToken cancellationToken) => store.RemoveRetiredAsync(cancellationToken);

    /// <inheritdoc />
    public async Task<KeyRotation> RotateAsync(CancellationToken cancellationToken)
    {
        var (key, isNew) = await store.RotateAsync(cancellationToken).ConfigureAwait(false);
        return new KeyRotation(key.Id, key.ActivatesAt, isNew);
    }

    /// <summary>Begins to read, or joins who does. Not on this thread: whoever asks holds the lock.</summary>
    private Task<KeyRing> StartReading()
    {
        if (_reading is null)
        {
            _startedAt = clock.GetTimestamp();
            _reading = Task.Run(ReadAsync, CancellationToken.None);
        }

        return _reading;
    }

    private async Task<KeyRing> ReadAsync()
    {
        try
        {
            using var bound = new CancellationTokenSource(ReadTimeout, clock);
            var ring = await store.ReadAsync(bound.Token).WaitAsync(ReadTimeout, clock).ConfigureAwait(false);
            lock (_gate)
            {
                _ring = ring;
                _reading = null;
            }

            return ring;
        }
        catch (Exception exception)
        {
            lock (_gate)
            {
                _failedAt = clock.GetTimestamp();
                _reading = null;
            }

            if (_ring is null)
            {
                LogFailed(exception.GetType().Name);
            }
            else
            {
                LogNotReadAgain(exception.GetType().Name);
            }

            if (exception is OriginUnavailableException or SigningKeyException)
            {
                throw;
            }

            throw new OriginUnavailableException(StaleReason.OriginError, RetryAfter, exception);
        }
    }

    [LoggerMessage(EventId = 5001, Level = LogLevel.Warning, Message = "The signing keys could not be read ({Failure}); signed-in requests are refused until they can.")]
    private partial void LogFailed(string failure);

    [LoggerMessage(EventId = 5002, Level = LogLevel.Information, Message = "The signing keys could not be read again ({Failure}); those that are known stay in use.")]
    private partial void LogNotReadAgain(string failure);
}

/// <summary>The signing key is there and cannot be used. The message says what to do.</summary>
public sealed class SigningKeyException : Exception
{
    /// <summary>Creates the exception.</summary>
    public SigningKeyException(string message) : base(message)
    {
    }
}
