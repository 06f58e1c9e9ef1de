using System.Globalization;

namespace NeuroLab.Domain.Common;

/// <summary>What text has to be before it is stored.</summary>
public static class PlainText
{
    /// <summary>
    /// Whether text has no control characters and is well-formed UTF-16: what every supported database stores and every client can show.
    /// PostgreSQL refuses U+0000, and half of a surrogate pair has no UTF-8 form.
    /// </summary>
    public static bool IsPlain(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]))
            {
                return false;
            }

            if (char.IsSurrogate(text[i]))
            {
                if (!char.IsSurrogatePair(text, i))
                {
                    return false;
                }

                i++;
            }
        }

        return true;
    }

    /// <summary>Formats a sentence with invariant numbers.</summary>
    internal static string Sentence(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
