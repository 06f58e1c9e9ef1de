using System.Text;

namespace NeuroLab.Infrastructure.Caching.Journal;

/// <summary>
/// Matches text against a glob with the semantics of Redis (<c>stringmatchlen</c> in its util.c): <c>*</c>, <c>?</c>, <c>[abc]</c>, <c>[a-c]</c>, <c>[^a]</c>,
/// <c>\</c> takes the next character as it stands. Redis knows bytes alone, so text is matched in its <see cref="Bytes"/>: what a purge deletes from Redis and
/// what the journal's record rules out is the same. Time is bounded by length of pattern times length of text.
/// </summary>
internal static class Glob
{
    /// <summary>The UTF-8 form of text with one character a byte; ASCII text, the usual case, is that already.</summary>
    public static string Bytes(string text) => Ascii.IsValid(text) ? text : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>
    /// Splits a pattern into the text with which every match begins and the rest. Escaped characters belong to the text.
    /// </summary>
    public static (string Literal, string Tail) Split(string pattern)
    {
        var literal = new StringBuilder(pattern.Length);
        var i = 0;
        for (; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c is '*' or '?' or '[')
            {
                break;
            }

            if (c == '\\' && i + 1 < pattern.Length)
            {
                c = pattern[++i];
            }

            literal.Append(c);
        }

        return (literal.ToString(), pattern[i..]);
    }

    /// <summary>Whether a pattern matches one text only, and which.</summary>
    public static bool IsLiteral(string pattern, out string text)
    {
        (text, var tail) = Split(pattern);
        return tail.Length == 0;
    }

    /// <summary>Whether the whole text matches.</summary>
    public static bool IsMatch(string pattern, string text) => IsMatchOfBytes(Bytes(pattern), Bytes(text));

    /// <summary>Whether the whole text matches, both being <see cref="Bytes"/>.</summary>
    public static bool IsMatchOfBytes(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        int p = 0, t = 0, starPattern = -1, starText = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                // Only the last star needs to be taken back: what an earlier one could absorb, the last one can too.
                starPattern = ++p;
                starText = t;
            }
            else if (p < pattern.Length && MatchesOne(pattern, ref p, text[t]))
            {
                t++;
            }
            else if (starPattern >= 0)
            {
                p = starPattern;
                t = ++starText;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*')
        {
            p++;
        }

        return p == pattern.Length;
    }

    /// <summary>Matches one character against the element at <paramref name="p"/>, and moves past the element where it matches.</summary>
    private static bool MatchesOne(ReadOnlySpan<char> pattern, ref int p, char c)
    {
        switch (pattern[p])
        {
            case '?':
                p++;
                return true;
            case '[':
                var end = p;
                if (!MatchesClass(pattern, ref end, c))
                {
                    return false;
                }

                p = end;
                return true;
            case '\\' when p + 1 < pattern.Length:
                if (pattern[p + 1] != c)
                {
                    return false;
                }

                p += 2;
                return true;
            default:
                if (pattern[p] != c)
                {
                    return false;
                }

                p++;
                return true;
        }
    }

    /// <summary>Matches one character against a class; moves <paramref name="p"/> past it. An unclosed class ends with the pattern, as in Redis.</summary>
    private static bool MatchesClass(ReadOnlySpan<char> pattern, ref int p, char c)
    {
        p++;
        var negated = p < pattern.Length && pattern[p] == '^';
        if (negated)
        {
            p++;
        }

        // In a range with bytes beyond ASCII it depends on the server's platform whether they come after ASCII or before it: either will do.
        bool found = false, inRange = false, inSignedRange = false;
        for (; p < pattern.Length; p++)
        {
            if (pattern[p] == '\\' && p + 1 < pattern.Length)
            {
                p++;
                found |= pattern[p] == c;
            }
            else if (pattern[p] == ']')
            {
                p++;
                break;
            }
            else if (p + 2 < pattern.Length && pattern[p + 1] == '-')
            {
                inRange |= IsBetween(c, pattern[p], pattern[p + 2]);
                inSignedRange |= IsBetween((sbyte)c, (sbyte)pattern[p], (sbyte)pattern[p + 2]);
                p += 2;
            }
            else
            {
                found |= pattern[p] == c;
            }
        }

        return negated ? !found && !(inRange && inSignedRange) : found || inRange || inSignedRange;
    }

    private static bool IsBetween(int c, int one, int other) => c >= Math.Min(one, other) && c <= Math.Max(one, other);
}
