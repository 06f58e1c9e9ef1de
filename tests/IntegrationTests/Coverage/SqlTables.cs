using System.Text.RegularExpressions;

namespace NeuroLab.IntegrationTests.Coverage;

/// <summary>Finds the tables of a statement, and what narrows it. Knows of SQL no more than that: strings, comments and parameters are passed over, and what stands before a table tells what is done with it.</summary>
internal static partial class SqlTables
{
    /// <summary>The tables that statements use.</summary>
    /// <param name="sql">One statement or several.</param>
    /// <param name="tables">The names that there are, in lower case.</param>
    /// <returns>Each with whether it is written.</returns>
    public static IEnumerable<(string Table, bool IsWritten)> Of(string sql, IReadOnlySet<string> tables)
    {
        var words = Token().Matches(sql).Where(match => match.Groups["word"].Success).Select(match => match.Groups["word"].Value).ToList();
        for (var i = 0; i < words.Count; i++)
        {
            var name = words[i].Trim('"', '`', '[', ']').ToLowerInvariant();
            if (!tables.Contains(name) || Is(i + 1, "."))
            {
                continue;
            }

            // A schema may stand before a table; what else has a point before it is a column.
            var before = Is(i - 1, ".") ? i - 3 : i - 1;
            if ((before < i - 1 && !Is(i - 2, "public", "\"public\"", "main", "\"main\"")) || Is(before, "AS"))
            {
                continue;
            }

            before -= Is(before, "ONLY") ? 1 : 0;
            yield return (name, Is(before, "INTO", "UPDATE") || (Is(before, "FROM") && Is(before - 1, "DELETE")));
        }

        bool Is(int index, params string[] any) => index >= 0 && index < words.Count && any.Contains(words[index], StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Whether a statement takes what equals a parameter, and not what differs from it, comes after it or is limited by it.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="parameter">The parameter's name, with or without what stands before it in the statement.</param>
    public static bool TakesOnly(string sql, string parameter)
    {
        var name = $@"[@:$]{Regex.Escape(parameter.TrimStart('@', ':', '$'))}\b";
        var equals = $@"(?<!\bNOT\s*\([^()]*)(?<![<>!])=\s*(?:ANY\s*\(\s*)?{name}";
        var isOneOf = $@"(?<!\bNOT\s+)\bIN\s*\([^()]*(?:\([^()]*)?{name}";
        return Regex.IsMatch(sql, $@"{equals}|(?<!\bNOT\s*\([^()]*){name}\s*=|{isOneOf}", RegexOptions.IgnoreCase);
    }

    // What is not captured as a word is passed over.
    [GeneratedRegex("""
        '(?:[^']|'')*' | --[^\n]* | /\*.*?\*/ | [@:$]\w+ | (?<word> "[^"]+" | `[^`]+` | \[[^\]]+\] | [A-Za-z_]\w* | \. )
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.Singleline)]
    private static partial Regex Token();
}
