using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>
/// Names one cached value. Its hash is computed once, when it is made. Comparison is ordinal.
/// Text from a request goes through <see cref="Owned"/> or <see cref="Escape"/>, so that it matches only itself.
/// </summary>
public readonly struct CacheKey : IEquatable<CacheKey>
{
    /// <summary>Greatest length of a key, in UTF-16 code units.</summary>
    public const int MaxLength = 1024;

    private static readonly SearchValues<char> Unreserved = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~");

    private const int LongestKept = 128;

    // Keys that were made of late, each in the place that its hash gives: the key of a request that comes again is not made again, and nothing is allocated.
    private static readonly string?[] Kept = new string?[4096];

    private readonly int _hash;

    private CacheKey(string value)
        : this(value, value.GetHashCode(StringComparison.Ordinal))
    {
    }

    private CacheKey(string value, int hash) => (Value, _hash) = (value, hash);

    /// <summary>The key's text, without any tier's prefix. Null only on <c>default</c>.</summary>
    public string Value { get; }

    /// <summary>Makes a key <c>area:owner:part:part…</c>; every part is escaped.</summary>
    /// <param name="area">What is cached: a constant of the code, such as <c>dashboard</c>.</param>
    /// <param name="owner">Whose it is.</param>
    /// <param name="parts">What else the answer depends on; null is written as <c>-</c> and is not the same as any text.</param>
    /// <exception cref="ArgumentException">The area is empty, the key too long, or a part has half of a surrogate pair.</exception>
    public static CacheKey Owned(string area, Guid owner, params ReadOnlySpan<string?> parts)
    {
        ArgumentException.ThrowIfNullOrEmpty(area);
        var text = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[LongestKept]);
        text.AppendLiteral(area);
        text.AppendLiteral(":");
        text.AppendFormatted(owner);
        foreach (var part in parts)
        {
            text.AppendLiteral(":");
            text.AppendLiteral(part is null ? "-" : part == "-" ? "%2D" : Escape(part));
        }

        return text.Text.Length <= LongestKept ? Keep(text.Text) : Of(text.ToStringAndClear());
    }

    /// <summary>Takes a key as it stands: for keys that the caller composed, or that were listed by the cache.</summary>
    /// <exception cref="ArgumentException">It is empty, too long, has a control character, or half of a surrogate pair.</exception>
    public static CacheKey Of(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        return TryOf(value, out var key) ? key : throw new ArgumentException($"A cache key has at most {MaxLength} characters, {CacheText.Rule}.", nameof(value));
    }

    /// <summary>Takes a key as it stands, where it can be one.</summary>
    /// <returns>False where <see cref="Of"/> would throw.</returns>
    public static bool TryOf([NotNullWhen(true)] string? value, out CacheKey key)
    {
        var isKey = value is { Length: > 0 and <= MaxLength } && CacheText.IsStorable(value);
        key = isKey ? new CacheKey(value!) : default;
        return isKey;
    }

    /// <summary>A key that was taken apart: its text and its hash.</summary>
    internal static CacheKey Restore(string value, int hash) => new(value, hash);

    private static CacheKey Keep(ReadOnlySpan<char> text)
    {
        var hash = string.GetHashCode(text);
        ref var place = ref Kept[(uint)hash % (uint)Kept.Length];
        if (place is { } kept && text.SequenceEqual(kept))
        {
            return new CacheKey(kept, hash);
        }

        var made = Of(text.ToString());
        place = made.Value;
        return made;
    }

    /// <summary>
    /// Escapes text for use as one part of a key: all but ASCII letters, digits, <c>-</c>, <c>_</c>, <c>.</c> and <c>~</c> is percent-encoded
    /// (RFC 3986), so neither the separator <c>:</c> nor a character of a pattern is left in it. No two texts have the same form.
    /// </summary>
    /// <exception cref="ArgumentException">It has half of a surrogate pair, which has no form of its own.</exception>
    public static string Escape(string text) =>
        !text.AsSpan().ContainsAnyExcept(Unreserved) ? text
        : CacheText.IsWellFormed(text) ? Uri.EscapeDataString(text) : throw new ArgumentException("Text in a cache key is well-formed Unicode.", nameof(text));

    /// <inheritdoc />
    public bool Equals(CacheKey other) => _hash == other._hash && string.Equals(Value, other.Value, StringComparison.Ordinal);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is CacheKey other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => _hash;

    /// <inheritdoc />
    public override string ToString() => Value ?? "";

    /// <summary>Ordinal equality.</summary>
    public static bool operator ==(CacheKey left, CacheKey right) => left.Equals(right);

    /// <summary>Ordinal inequality.</summary>
    public static bool operator !=(CacheKey left, CacheKey right) => !left.Equals(right);
}
