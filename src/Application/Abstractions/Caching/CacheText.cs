using System.Buffers;
using System.Text;

namespace NeuroLab.Application.Abstractions.Caching;

/// <summary>What the text of a key, a pattern or a tag has to be, so that the journal and every tier take it as it stands.</summary>
internal static class CacheText
{
    /// <summary>Names the rule in an error.</summary>
    public const string Rule = "has no control characters and is well-formed Unicode";

    /// <summary>
    /// Whether text has no control characters (below U+0020) and is well-formed UTF-16. Half of a surrogate pair has no UTF-8 form: a store would keep another
    /// character in its place, and a record of the journal would no longer match what it names.
    /// </summary>
    public static bool IsStorable(ReadOnlySpan<char> text) => !text.ContainsAnyInRange('\0', '\u001f') && IsWellFormed(text);

    /// <summary>Whether text is well-formed UTF-16.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        if (Ascii.IsValid(text))
        {
            return true;
        }

        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out _, out var consumed) != OperationStatus.Done)
            {
                return false;
            }

            text = text[consumed..];
        }

        return true;
    }
}
