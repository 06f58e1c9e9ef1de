using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Application.CacheAdministration;
using NeuroLab.Infrastructure.Identity;
using NeuroLab.WebApi.Http;
using NeuroLab.WebApi.Security;

namespace NeuroLab.WebApi.Streaming;

/// <summary>
/// What is seen of the cache, as server-sent events. A stream ends with the token that it was asked with, with the key that vouched for it, with the account, and with the service; it is looked at with every event, of which there is
/// one a second at least. Thread-safe.
/// </summary>
internal sealed class CacheStreams(IAccessTokenKeys keys, IAccountRevocations revocations, IHostApplicationLifetime lifetime, TimeProvider clock)
{
    /// <summary>The events of a watch, for who sent a request.</summary>
    public IAsyncEnumerable<SseItem<byte[]>> Of(ICacheWatch watch, ClaimsPrincipal user) => WriteAsync(watch, Caller.Of(user), lifetime.ApplicationStopping);

    private async IAsyncEnumerable<SseItem<byte[]>> WriteAsync(ICacheWatch watch, Caller caller, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        await foreach (var seen in watch.ReadAllAsync(end.Token).ConfigureAwait(false))
        {
            if (end.IsCancellationRequested || !IsWelcome(caller))
            {
                yield break;
            }

            yield return new SseItem<byte[]>(JsonSerializer.SerializeToUtf8Bytes(seen.Event, seen.Event.GetType(), ApiJson.Options), NameOf(seen.Event)) { EventId = seen.Id };
        }
    }

    private static string NameOf(CacheEvent seen) => seen switch
    {
        NodesEvent => "nodes",
        InvalidationEvent => "invalidation",
        CircuitEvent => "circuit",
        GapEvent => "gap",
        _ => throw new ArgumentOutOfRangeException(nameof(seen)),
    };

    // The key by its name, which follows from its bytes: as an object it is another one each time that the keys are read.
    private bool IsWelcome(Caller caller) =>
        (caller.TokenExpires is not { } expires || AccessTokenRules.IsCurrent(expires, clock.GetUtcNow().UtcDateTime))
        && (caller.TokenKey is not { } key || keys.Accepted(key).Any())
        && (caller.User is not { } user || !revocations.IsRevoked(user));

    /// <summary>Who listens.</summary>
    /// <param name="User">The account; null for who has the administrator's key.</param>
    /// <param name="TokenExpires">When the token expires, UTC; null for who has the administrator's key.</param>
    /// <param name="TokenKey">Names the key that the token was checked by; null for who has the administrator's key.</param>
    private readonly record struct Caller(Guid? User, DateTime? TokenExpires, string? TokenKey)
    {
        public static Caller Of(ClaimsPrincipal principal) => new(
            SignedInUser.TryGetId(principal, out var id) ? id : null,
            long.TryParse(principal.FindFirst(JwtRegisteredClaimNames.Exp)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                ? DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime
                : null,
            principal.Identities.OfType<TokenIdentity>().FirstOrDefault()?.KeyId);
    }
}
