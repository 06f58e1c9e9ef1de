using System.Diagnostics.CodeAnalysis;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Infrastructure.Identity;

namespace NeuroLab.WebApi.Security;

/// <summary>
/// Access tokens whose signature was checked, by the whole text of the header that carried them: one that comes again need not be checked again for what cannot change. What can is asked
/// at every recall: whether it has expired, whether its key is accepted still, and whether its account is there. At most two generations of <see cref="Generation"/> are remembered: when
/// the younger is full it becomes the older one, and what nobody sent meanwhile is forgotten. Thread-safe.
/// </summary>
internal sealed class RememberedTokens(IAccessTokenKeys keys, IAccountRevocations revocations, TimeProvider clock)
{
    private const string Scheme = "Bearer ";

    /// <summary>The most tokens of one generation.</summary>
    internal const int Generation = 4096;

    private readonly Lock _gate = new();
    private volatile Tokens _young = new();
    private volatile Tokens _old = new();

    /// <summary>How many are remembered.</summary>
    internal int Count => _young.Count + _old.Count;

    /// <summary>Who sends a token, where it was checked before and still holds.</summary>
    /// <param name="header">The header that carries it.</param>
    /// <returns>The user; null: the token has to be checked.</returns>
    public TokenPrincipal? Recall(string header)
    {
        if (!_young.TryGet(header, out var token))
        {
            if (!_old.TryGet(header, out token))
            {
                return null;
            }

            Keep(header, token);
        }

        var now = clock.GetUtcNow().UtcDateTime;
        if (AccessTokenRules.IsCurrent(token.Expires, now) && keys.StillAccepts(token.Key, now) && !revocations.IsRevoked(token.Principal.UserId))
        {
            return token.Principal;
        }

        _young.Remove(header);
        _old.Remove(header);
        return null;
    }

    /// <summary>Remembers a token that was just checked, where the header is the scheme, a space and the token, and nothing else.</summary>
    /// <param name="header">The header that carries it.</param>
    /// <param name="principal">Who sends it.</param>
    /// <param name="token">The token, as the check left it.</param>
    public void Remember(string header, TokenPrincipal principal, SecurityToken token)
    {
        // In the one form that clients write it: there are thousands of headers, and long ones, that carry the same token.
        if (token is JsonWebToken { SigningKey: { } key } checkedToken
            && header.Length == Scheme.Length + checkedToken.EncodedToken.Length && header.StartsWith(Scheme, StringComparison.Ordinal))
        {
            Keep(header, new Token(principal, key, checkedToken.ValidTo));
        }
    }

    private void Keep(string header, Token token)
    {
        lock (_gate)
        {
            if (_young.Count >= Generation)
            {
                (_old, _young) = (_young, new Tokens());
            }

            _young.Set(header, token);
        }
    }

    /// <summary>One that holds.</summary>
    /// <param name="Principal">Who sends it.</param>
    /// <param name="Key">The key that it was checked by.</param>
    /// <param name="Expires">When it expires, UTC.</param>
    private sealed record Token(TokenPrincipal Principal, SecurityKey Key, DateTime Expires);

    /// <summary>A generation.</summary>
    private sealed class Tokens
    {
        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Token> _tokens = new(BySignature.Instance);
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public bool TryGet(string header, [MaybeNullWhen(false)] out Token token) => _tokens.TryGetValue(header, out token);

        public void Set(string header, Token token)
        {
            if (_tokens.TryAdd(header, token))
            {
                Interlocked.Increment(ref _count);
            }
            else
            {
                _tokens[header] = token;
            }
        }

        public void Remove(string header)
        {
            if (_tokens.TryRemove(header, out _))
            {
                Interlocked.Decrement(ref _count);
            }
        }
    }

    /// <summary>Compares whole headers, and hashes their last characters only: those of the signature, which differ where anything does.</summary>
    private sealed class BySignature : IEqualityComparer<string>
    {
        private const int SignatureLength = 43;

        public static BySignature Instance { get; } = new();

        public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

        public int GetHashCode(string obj) => string.GetHashCode(obj.AsSpan(Math.Max(0, obj.Length - SignatureLength)));
    }
}
