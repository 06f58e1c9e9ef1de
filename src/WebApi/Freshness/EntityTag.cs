using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Microsoft.Extensions.Primitives;
using CacheFreshness = NeuroLab.Application.Abstractions.Caching.Freshness;

namespace NeuroLab.WebApi.Freshness;

/// <summary>Weak entity tags (RFC 9110, 8.8.3) over a value and its marks, and the header that brings them back.</summary>
internal static class EntityTag
{
    /// <summary>
    /// The tag of a serialized value: two answers to one user have the same one when value and marks are the same, however old they are; two users never do.
    /// </summary>
    /// <param name="value">The value.</param>
    /// <param name="freshness">Its marks.</param>
    /// <param name="user">Whose answer it is.</param>
    public static string Of(ReadOnlySpan<byte> value, CacheFreshness freshness, Guid user)
    {
        var hash = XxHash128.HashToUInt128(value, SeedOf(freshness, user));
        return string.Create(CultureInfo.InvariantCulture, $"W/\"{hash:x32}\"");
    }

    /// <summary>
    /// Whether <c>If-None-Match</c> names the tag, by weak comparison. Understands lists and <c>*</c>; what is neither is passed over.
    /// </summary>
    public static bool Matches(StringValues ifNoneMatch, string tag)
    {
        if (ifNoneMatch is [{ } only] && only == tag)
        {
            return true;
        }

        var opaque = Opaque(tag);
        foreach (var line in ifNoneMatch)
        {
            if (line is not null && Matches(line.AsSpan(), opaque))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Matches(ReadOnlySpan<char> line, ReadOnlySpan<char> opaque)
    {
        while (!line.IsEmpty)
        {
            line = line.TrimStart(" \t,");
            if (line.StartsWith("*"))
            {
                line = line[1..];
                if (AtEnd(ref line))
                {
                    return true;
                }

                continue;
            }

            var rest = line.StartsWith("W/\"", StringComparison.Ordinal) ? line[2..] : line;
            if (!rest.StartsWith("\""))
            {
                PassOver(ref line);
                continue;
            }

            var length = rest[1..].IndexOf('"');
            if (length < 0)
            {
                return false;
            }

            var candidate = rest.Slice(1, length);
            line = rest[(length + 2)..];
            if (AtEnd(ref line) && candidate.SequenceEqual(opaque))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Goes on to the next member of the list; false where something else stood between.</summary>
    private static bool AtEnd(ref ReadOnlySpan<char> line)
    {
        line = line.TrimStart(" \t");
        if (line.IsEmpty || line[0] == ',')
        {
            return true;
        }

        PassOver(ref line);
        return false;
    }

    private static void PassOver(ref ReadOnlySpan<char> line)
    {
        var comma = line.IndexOf(',');
        line = comma < 0 ? [] : line[(comma + 1)..];
    }

    private static ReadOnlySpan<char> Opaque(string tag) => tag.AsSpan(tag.IndexOf('"', StringComparison.Ordinal)).Trim('"');

    private static long SeedOf(CacheFreshness freshness, Guid user)
    {
        Span<byte> id = stackalloc byte[16];
        user.TryWriteBytes(id);
        var seed = unchecked((long)XxHash64.HashToUInt64(id));
        if (!freshness.IsStale && !freshness.Invalidated && !freshness.IsPartial)
        {
            return seed;
        }

        var marks = $"{(freshness.IsStale ? "s" : "")}{(freshness.Invalidated ? "i" : "")}{(freshness.IsPartial ? "p" : "")}:{string.Join(',', freshness.FailedOperations)}";
        return unchecked((long)XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(marks), seed));
    }
}
