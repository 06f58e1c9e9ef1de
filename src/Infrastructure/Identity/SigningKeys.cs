using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;

namespace NeuroLab.Infrastructure.Identity;

/// <summary>
/// The key with which tokens are signed and checked. Read once, when first needed, by one reader for all who wait; after a failure the next try is made
/// a second later at the earliest, and whoever asks meanwhile is refused at once. Thread-safe.
/// </summary>
internal sealed partial class SigningKeys(Func<CancellationToken, Task<byte[]>> read, TimeProvider clock, ILogger<SigningKeys> logger)
{
    /// <summary>Least length of a key, in bytes: that of the hash.</summary>
    internal const int MinBytes = 32;

    /// <summary>Time between a failed try and the next.</summary>
    internal static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private volatile SymmetricSecurityKey? _key;
    private Task<SymmetricSecurityKey>? _reading;
    private long? _failedAt;

    /// <summary>The key; null while it is not known.</summary>
    public SymmetricSecurityKey? Current => _key;

    /// <summary>The key, read first where it is not known yet.</summary>
    /// <exception cref="OriginUnavailableException">It could not be read.</exception>
    public Task<SymmetricSecurityKey> GetAsync(CancellationToken cancellationToken)
    {
        if (_key is { } key)
        {
            return Task.FromResult(key);
        }

        lock (_gate)
        {
            if (_key is { } known)
            {
                return Task.FromResult(known);
            }

            if (_reading is null)
            {
                if (_failedAt is { } failedAt && clock.GetElapsedTime(failedAt) < RetryAfter)
                {
                    throw new OriginUnavailableException(StaleReason.OriginError, RetryAfter);
                }

                // Not on this thread: whoever asks holds the lock.
                _reading = Task.Run(ReadAsync, CancellationToken.None);
            }

            return _reading.WaitAsync(cancellationToken);
        }
    }

    private async Task<SymmetricSecurityKey> ReadAsync()
    {
        try
        {
            using var bound = new CancellationTokenSource(ReadTimeout, clock);
            var bytes = await read(bound.Token).WaitAsync(ReadTimeout, clock).ConfigureAwait(false);
            var key = new SymmetricSecurityKey(bytes) { KeyId = KeyId(bytes) };
            lock (_gate)
            {
                _key = key;
                _reading = null;
            }

            return key;
        }
        catch (Exception exception)
        {
            lock (_gate)
            {
                _failedAt = clock.GetTimestamp();
                _reading = null;
            }

            LogFailed(exception.GetType().Name);
            if (exception is OriginUnavailableException or SigningKeyException)
            {
                throw;
            }

            throw new OriginUnavailableException(StaleReason.OriginError, RetryAfter, exception);
        }
    }

    /// <summary>Tells keys from each other without telling anything of them.</summary>
    private static string KeyId(byte[] key) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(key).AsSpan(0, 8));

    [LoggerMessage(EventId = 5001, Level = LogLevel.Warning, Message = "The signing key could not be read ({Failure}); signed-in requests are refused until it can.")]
    private partial void LogFailed(string failure);
}

/// <summary>The signing key is there and cannot be used. The message says what to do.</summary>
public sealed class SigningKeyException : Exception
{
    /// <summary>Creates the exception.</summary>
    public SigningKeyException(string message) : base(message)
    {
    }
}
