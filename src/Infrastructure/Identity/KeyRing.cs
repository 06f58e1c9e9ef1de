using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace NeuroLab.Infrastructure.Identity;

/// <summary>A key with which tokens are, were or will be signed. Immutable.</summary>
internal sealed class SigningKey
{
    /// <summary>Least length of a key, in bytes: that of the hash.</summary>
    internal const int MinBytes = 32;

    private const int NewBytes = 64;
    private const int IdBytes = 8;

    /// <summary>Creates the key.</summary>
    /// <param name="bytes">Its bytes, at least <see cref="MinBytes"/>.</param>
    /// <param name="createdAt">When it was made, UTC; null where nobody knows: then it was always there.</param>
    public SigningKey(byte[] bytes, DateTime? createdAt)
    {
        (Bytes, CreatedAt) = (bytes, createdAt);
        // Tells keys from each other without telling anything of them.
        Id = Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, IdBytes));
        Security = new SymmetricSecurityKey(bytes) { KeyId = Id };
    }

    /// <summary>Its bytes: never logged, never shown.</summary>
    public byte[] Bytes { get; }

    /// <summary>When it was made, UTC; null where nobody knows.</summary>
    public DateTime? CreatedAt { get; }

    /// <summary>Names it in the tokens that it signed.</summary>
    public string Id { get; }

    /// <summary>The key, for the library that signs and checks.</summary>
    public SymmetricSecurityKey Security { get; }

    /// <summary>When it begins to sign, UTC: late enough for every node to have learnt of it.</summary>
    public DateTime ActivatesAt => CreatedAt + KeyRing.ActivationDelay ?? DateTime.MinValue;

    /// <summary>Bytes of a new key.</summary>
    public static byte[] NewKey() => RandomNumberGenerator.GetBytes(NewBytes);
}

/// <summary>
/// The keys of a moment. The newest that has begun to sign is the one that signs. An older one is accepted until the last token that it may have signed
/// has expired; then it is retired. Immutable.
/// </summary>
internal sealed class KeyRing
{
    /// <summary>How often the nodes read the keys again.</summary>
    internal static readonly TimeSpan ReadInterval = TimeSpan.FromMinutes(1);

    /// <summary>Time between the making of a key and its first use: three readings of every node.</summary>
    internal static readonly TimeSpan ActivationDelay = 3 * ReadInterval;

    /// <summary>For how long after its successor's first use a key is accepted: the longest life of a token, and one reading of a node that was late to learn.</summary>
    internal static readonly TimeSpan AcceptedFor = AccessTokenRules.Lifetime + AccessTokenRules.ClockSkew + ReadInterval;

    /// <summary>Least time between the making of two keys: as fine as it is stored.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly SigningKey[] _keys;
    private readonly SigningKey[] _previous;

    /// <summary>Creates the ring.</summary>
    /// <param name="keys">The keys that sign, or did or will; at least one.</param>
    /// <param name="previous">Keys of an earlier configuration, which only check.</param>
    public KeyRing(IEnumerable<SigningKey> keys, IEnumerable<SigningKey> previous)
    {
        _keys = [.. keys.OrderBy(key => key.CreatedAt ?? DateTime.MinValue)];
        _previous = [.. previous];
    }

    /// <summary>The keys that sign, or did or will, oldest first.</summary>
    public IReadOnlyList<SigningKey> Keys => _keys;

    /// <summary>The key to sign with.</summary>
    /// <param name="now">Now, UTC.</param>
    public SigningKey Signing(DateTime now) => Array.FindLast(_keys, key => key.ActivatesAt <= now) ?? _keys[0];

    /// <summary>The key that was made and signs nothing yet; null where there is none. The only key of a ring signs from the first.</summary>
    /// <param name="now">Now, UTC.</param>
    public SigningKey? Pending(DateTime now) => _keys.Length > 1 && _keys[^1].ActivatesAt > now ? _keys[^1] : null;

    /// <summary>When a key that is made now counts as made: after every other, also where the clock was set back since. Else it would sign at once, and soon be the older one.</summary>
    /// <param name="now">Now, UTC.</param>
    public DateTime NextCreation(DateTime now) => _keys[^1].CreatedAt is { } last && last >= now ? last + Tick : now;

    /// <summary>Whether a key is in the ring, retired or not.</summary>
    public bool Knows(string id) => _keys.Concat(_previous).Any(key => key.Id == id);

    /// <summary>The keys by which a token may be checked.</summary>
    /// <param name="id">The key that the token names; null: it names none, and each is tried.</param>
    /// <param name="now">Now, UTC.</param>
    public IReadOnlyList<SecurityKey> Accepted(string? id, DateTime now) =>
        [.. _keys.Where((_, index) => !IsRetired(index, now)).Concat(_previous).Where(key => string.IsNullOrEmpty(id) || key.Id == id).Select(key => key.Security)];

    /// <summary>Whether a token that was checked by a key of this ring would still be.</summary>
    /// <param name="key">The key, as the ring gave it.</param>
    /// <param name="now">Now, UTC.</param>
    public bool StillAccepts(SecurityKey key, DateTime now)
    {
        for (var index = 0; index < _keys.Length; index++)
        {
            if (ReferenceEquals(_keys[index].Security, key))
            {
                return !IsRetired(index, now);
            }
        }

        return Array.Exists(_previous, one => ReferenceEquals(one.Security, key));
    }

    /// <summary>The keys by which no token can be valid any more.</summary>
    /// <param name="now">Now, UTC.</param>
    public IReadOnlyList<SigningKey> Retired(DateTime now) => [.. _keys.Where((_, index) => IsRetired(index, now))];

    private bool IsRetired(int index, DateTime now) => index + 1 < _keys.Length && _keys[index + 1].ActivatesAt + AcceptedFor <= now;
}
