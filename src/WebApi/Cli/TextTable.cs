using System.Text;

namespace NeuroLab.WebApi.Cli;

/// <summary>Lines up columns for people. What a terminal would take for a command is shown as <c>?</c>.</summary>
internal static class TextTable
{
    private const int Gap = 2;

    /// <summary>A table; the last column is not padded.</summary>
    /// <param name="head">The heads of the columns; none: no head line.</param>
    /// <param name="rows">The rows, all of one length.</param>
    /// <param name="indent">Spaces before each line.</param>
    public static string Of(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows, int indent = 0)
    {
        var lines = rows.Select(row => row.Select(Plain).ToArray()).ToList();
        if (head.Count > 0)
        {
            lines.Insert(0, [.. head]);
        }

        var widths = lines.Count == 0 ? [] : Enumerable.Range(0, lines[0].Length).Select(column => lines.Max(line => line[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            text.Append(' ', indent);
            for (var column = 0; column < line.Length; column++)
            {
                text.Append(column == line.Length - 1 ? line[column] : line[column].PadRight(widths[column] + Gap));
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Text without control characters: keys come from a store that others may write to.</summary>
    public static string Plain(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) : text;
}
