using Microsoft.AspNetCore.Identity;
using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Application.Common;
using NeuroLab.Domain.Accounts;

namespace NeuroLab.Infrastructure.Identity;

/// <summary>
/// Passwords by the hasher of ASP.NET Core Identity: PBKDF2 with a salt of its own a password. One computation a core at a time; at most
/// <see cref="MaxWaiting"/> wait, each for at most <see cref="LongestWait"/>. Thread-safe.
/// </summary>
internal sealed class AspNetPasswordHasher : IPasswordHasher, IDisposable
{
    /// <summary>Most computations that wait for their turn.</summary>
    internal const int MaxWaiting = 1_000;

    /// <summary>How long one waits for its turn.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _turns;
    private readonly PasswordHasher<User> _hasher = new();
    private readonly Lazy<string> _nobodysHash;
    private int _waiting;

    public AspNetPasswordHasher(TimeProvider clock) : this(clock, Environment.ProcessorCount)
    {
    }

    internal AspNetPasswordHasher(TimeProvider clock, int atOnce)
    {
        (_clock, _turns) = (clock, new SemaphoreSlim(atOnce, atOnce));
        _nobodysHash = new Lazy<string>(() => _hasher.HashPassword(null!, Guid.NewGuid().ToString()));
    }

    /// <inheritdoc />
    public async Task<string> HashAsync(string password, CancellationToken cancellationToken)
    {
        using (await TurnAsync(cancellationToken).ConfigureAwait(false))
        {
            return _hasher.HashPassword(null!, password);
        }
    }

    /// <inheritdoc />
    public async Task<PasswordVerdict> VerifyAsync(string? hash, string password, CancellationToken cancellationToken)
    {
        using (await TurnAsync(cancellationToken).ConfigureAwait(false))
        {
            // Where there is no account, the same work is done against a hash that nobody's password has.
            var result = _hasher.VerifyHashedPassword(null!, hash ?? _nobodysHash.Value, password);
            return (hash, result) switch
            {
                (null, _) or (_, PasswordVerificationResult.Failed) => PasswordVerdict.Wrong,
                (_, PasswordVerificationResult.SuccessRehashNeeded) => PasswordVerdict.RightButOutdated,
                _ => PasswordVerdict.Right,
            };
        }
    }

    /// <inheritdoc />
    public void Dispose() => _turns.Dispose();

    /// <summary>Waits for a turn.</summary>
    /// <returns>Gives the turn back when disposed.</returns>
    internal async Task<IDisposable> TurnAsync(CancellationToken cancellationToken)
    {
        if (_turns.Wait(0, cancellationToken))
        {
            return new Turn(_turns);
        }

        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            throw Overloaded();
        }

        try
        {
            using var patience = new CancellationTokenSource(LongestWait, _clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            await _turns.WaitAsync(either.Token).ConfigureAwait(false);
            return new Turn(_turns);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Overloaded();
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private static OverloadedException Overloaded() => new("Too many sign-ins at the moment. Try again later.", RetryAfter);

    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
