using System.Threading.RateLimiting;
using NeuroLab.Application.Common;
using NeuroLab.WebApi.Http;

namespace NeuroLab.WebApi.Security;

/// <summary>
/// How many passwords of one address may be hashed, or wait for that, at the same time: a turn at it is for everybody, so no address takes all of them. A place is
/// taken once the body is there, so that who sends slowly takes none. Thread-safe.
/// </summary>
/// <param name="isLimited">False where every limit is off.</param>
internal sealed class PasswordPlaces(bool isLimited) : IDisposable
{
    /// <summary>Passwords of one address at the same time: some half a second's work of one core.</summary>
    internal const int AnAddress = 32;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly PartitionedRateLimiter<string> _places = PartitionedRateLimiter.Create<string, string>(address => isLimited
        ? RateLimitPartition.GetConcurrencyLimiter(address, static _ => new ConcurrencyLimiterOptions { PermitLimit = AnAddress, QueueLimit = 0 })
        : RateLimitPartition.GetNoLimiter(address));

    /// <summary>Takes a place.</summary>
    /// <param name="address">The address, as limits count it.</param>
    /// <returns>Gives the place back when disposed of.</returns>
    /// <exception cref="RateLimitedException">All places of the address are taken.</exception>
    public IDisposable Take(string address)
    {
        var lease = _places.AttemptAcquire(address);
        if (lease.IsAcquired)
        {
            return lease;
        }

        lease.Dispose();
        throw new RateLimitedException("Too many requests at the same time.", RetryAfter);
    }

    /// <inheritdoc />
    public void Dispose() => _places.Dispose();
}

/// <summary>Takes places for requests.</summary>
internal static class PasswordPlacesExtensions
{
    /// <summary>Takes a place for the password of a request, whose body has been read.</summary>
    /// <exception cref="RateLimitedException">All places of the address are taken.</exception>
    public static IDisposable TakePasswordPlace(this HttpContext http) => http.RequestServices.GetRequiredService<PasswordPlaces>().Take(http.ClientAddress());
}
