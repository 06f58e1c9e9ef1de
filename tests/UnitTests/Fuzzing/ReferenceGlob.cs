using System.Text;

namespace NeuroLab.UnitTests.Fuzzing;

/// <summary>Globs by the letter of their definition, over bytes: for each part of the pattern the set of places in the text up to which it can match. Slow, and for short text.</summary>
internal static class ReferenceGlob
{
    /// <summary>Whether the whole text matches.</summary>
    public static bool IsMatch(string pattern, string text)
    {
        var (p, t) = (Encoding.UTF8.GetBytes(pattern), Encoding.UTF8.GetBytes(text));
        Span<bool> reached = stackalloc bool[t.Length + 1], next = stackalloc bool[t.Length + 1];
        reached[0] = true;
        for (var at = 0; at < p.Length;)
        {
            next.Clear();
            if (p[at] == '*')
            {
                var any = false;
                for (var i = 0; i <= t.Length; i++)
                {
                    next[i] = any |= reached[i];
                }

                at++;
            }
            else
            {
                var length = LengthOf(p.AsSpan(at));
                for (var i = 0; i < t.Length; i++)
                {
                    next[i + 1] = reached[i] && MatchesOne(p.AsSpan(at, length), t[i]);
                }

                at += length;
            }

            var free = reached;
            reached = next;
            next = free;
        }

        return reached[^1];
    }

    /// <summary>Bytes of the pattern that stand for one of the text.</summary>
    private static int LengthOf(ReadOnlySpan<byte> pattern)
    {
        if (pattern[0] == '\\')
        {
            return Math.Min(2, pattern.Length);
        }

        if (pattern[0] != '[')
        {
            return 1;
        }

        var at = pattern.Length > 1 && pattern[1] == '^' ? 2 : 1;
        while (at < pattern.Length && pattern[at] != ']')
        {
            at += pattern[at] == '\\' && at + 1 < pattern.Length ? 2 : at + 2 < pattern.Length && pattern[at + 1] == '-' ? 3 : 1;
        }

        return Math.Min(at + 1, pattern.Length);
    }

    private static bool MatchesOne(ReadOnlySpan<byte> element, byte one)
    {
        switch (element[0])
        {
            case (byte)'?':
                return true;
            case (byte)'\\' when element.Length == 2:
                return element[1] == one;
            case (byte)'[':
                var negated = element.Length > 1 && element[1] == '^';
                var members = element[(negated ? 2 : 1)..];
                // Whether bytes beyond ASCII come before it or after it differs from server to server: what either does is right.
                return IsMember(members, one, signed: false) != negated || IsMember(members, one, signed: true) != negated;
            default:
                return element[0] == one;
        }
    }

    /// <summary>Whether a byte is among what stands in the brackets, the closing one included where there is one.</summary>
    private static bool IsMember(ReadOnlySpan<byte> members, byte one, bool signed)
    {
        var found = false;
        for (var at = 0; at < members.Length;)
        {
            if (members[at] == '\\' && at + 1 < members.Length)
            {
                found |= members[at + 1] == one;
                at += 2;
            }
            else if (members[at] == ']')
            {
                break;
            }
            else if (at + 2 < members.Length && members[at + 1] == '-')
            {
                var (a, b, c) = (Order(members[at], signed), Order(members[at + 2], signed), Order(one, signed));
                found |= (c >= a && c <= b) || (c >= b && c <= a);
                at += 3;
            }
            else
            {
                found |= members[at] == one;
                at++;
            }
        }

        return found;
    }

    private static int Order(byte value, bool signed) => signed ? (sbyte)value : value;
}
