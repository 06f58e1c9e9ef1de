using System.Buffers;
using System.Globalization;
using System.Text;

namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>
/// A glob over cache keys with the semantics of Redis: <c>*</c> any text, <c>?</c> one character, <c>[a-c]</c> and <c>[^a]</c> one of a set,
/// <c>\</c> takes the next character as it stands. As in Redis a character is a byte of the UTF-8 form: <c>?</c> and a set stand for one of ASCII, and
/// for a part of any other. Immutable.
/// </summary>
public sealed record CachePattern
{
    /// <summary>Greatest length of a pattern, in UTF-16 code units.</summary>
    public const int MaxLength = 2 * CacheKey.MaxLength;

    private static readonly SearchValues<char> Special = SearchValues.Create("*?[]\\^");

    private CachePattern(string text) => Text = text;

    /// <summary>Every key.</summary>
    public static CachePattern All { get; } = new("*");

    /// <summary>The glob.</summary>
    public string Text { get; }

    /// <summary>Exactly one key, whatever characters it has.</summary>
    public static CachePattern Exact(CacheKey key) => new(EscapeGlob(key.Value));

    /// <summary>Every key of one owner in one area, and those only: <c>area:owner:*</c>.</summary>
    public static CachePattern Owned(string area, Guid owner)
    {
        ArgumentException.ThrowIfNullOrEmpty(area);
        return new($"{EscapeGlob(area)}:{owner.ToString("D", CultureInfo.InvariantCulture)}:*");
    }

    /// <summary>Takes a glob as it stands.</summary>
    /// <exception cref="ArgumentException">It is empty, too long, has a control character, or half of a surrogate pair.</exception>
    public static CachePattern Glob(string glob)
    {
        ArgumentException.ThrowIfNullOrEmpty(glob);
        return glob.Length <= MaxLength && CacheText.IsStorable(glob)
            ? new CachePattern(glob)
            : throw new ArgumentException($"A pattern has at most {MaxLength} characters, {CacheText.Rule}.", nameof(glob));
    }

    /// <summary>Escapes text so that, in a pattern, it matches only itself.</summary>
    public static string EscapeGlob(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.AsSpan().IndexOfAny(Special) < 0)
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (Special.Contains(c))
            {
                escaped.Append('\\');
            }

            escaped.Append(c);
        }

        return escaped.ToString();
    }

    /// <inheritdoc />
    public override string ToString() => Text;
}
