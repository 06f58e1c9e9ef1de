using System.Text.RegularExpressions;

namespace NeuroLab.IntegrationTests.EndToEnd.Metrics;

/// <summary>Holds an expression of Prometheus' language against a scrape: whether everything that it asks for is there. It reads selectors and groupings, no more.</summary>
internal static partial class PromQl
{
    /// <summary>What Prometheus itself adds.</summary>
    private static readonly string[] Added = ["job", "instance"];

    private static readonly string[] Words = ["and", "or", "unless", "bool", "offset", "by", "without", "on", "ignoring", "group_left", "group_right"];

    /// <summary>What an expression asks for that the scrape does not have.</summary>
    public static IEnumerable<string> Missing(string expression, Scrape scrape)
    {
        var text = Range().Replace(expression, "");
        var grouped = Grouping().Matches(text).SelectMany(match => match.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToList();
        var selectors = Selector().Matches(Grouping().Replace(text, " ")).Where(match => !Words.Contains(match.Groups[1].Value)).ToList();
        if (selectors.Count == 0)
        {
            yield return $"it asks for nothing: {expression}";
        }

        var known = new HashSet<string>(Added);
        foreach (var selector in selectors.Where(selector => selector.Groups[1].Value != "up"))
        {
            var (name, matchers) = (selector.Groups[1].Value, Matcher().Matches(selector.Groups[2].Value).ToList());
            var samples = scrape.Samples.Where(sample => sample.Name == name).ToList();
            var labels = samples.SelectMany(sample => sample.Labels.Keys).ToHashSet();
            known.UnionWith(labels);
            var own = matchers.Where(matcher => !Added.Contains(matcher.Groups[1].Value)).ToList();
            if (samples.Count == 0)
            {
                yield return $"there is no {name}";
            }
            else if (own.Find(matcher => !labels.Contains(matcher.Groups[1].Value)) is { } unknown)
            {
                yield return $"{name} has no label {unknown.Groups[1].Value}";
            }
            else if (!samples.Exists(sample => own.TrueForAll(matcher => Holds(matcher, sample))))
            {
                yield return $"{selector.Value} selects nothing";
            }
        }

        foreach (var label in grouped.Where(label => !known.Contains(label)))
        {
            yield return $"there is no label {label} to group by in {expression}";
        }
    }

    /// <summary>The labels that a legend names and the series of an expression do not have.</summary>
    public static IEnumerable<string> MissingInLegend(string legend, string expression, Scrape scrape)
    {
        var text = Range().Replace(expression, "");
        var known = Selector().Matches(text).SelectMany(selector => scrape.Samples.Where(sample => sample.Name == selector.Groups[1].Value)).SelectMany(sample => sample.Labels.Keys)
            .Concat(Added).ToHashSet();
        var grouped = Grouping().Matches(text).SelectMany(match => match.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries)).ToList();
        return Legend().Matches(legend).Select(match => match.Groups[1].Value).Where(label => !known.Contains(label) || (grouped.Count > 0 && !grouped.Contains(label)))
            .Select(label => $"the legend {legend} names {label}, which {expression} does not have");
    }

    private static bool Holds(Match matcher, Sample sample)
    {
        var (value, wanted) = (sample.Label(matcher.Groups[1].Value), matcher.Groups[3].Value);
        return matcher.Groups[2].Value switch
        {
            "=" => value == wanted,
            "!=" => value != wanted,
            "=~" => Regex.IsMatch(value, $"^(?:{wanted})$"),
            _ => !Regex.IsMatch(value, $"^(?:{wanted})$"),
        };
    }

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Range();

    [GeneratedRegex(@"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"(?<![\w:.$])(?>([a-zA-Z_:][\w:]*))\s*(?>(\{[^}]*\})?)(?!\s*\()")]
    private static partial Regex Selector();

    [GeneratedRegex(@"(\w+)\s*(=~|!~|!=|=)\s*""([^""]*)""")]
    private static partial Regex Matcher();

    [GeneratedRegex(@"\{\{\s*(\w+)\s*\}\}")]
    private static partial Regex Legend();
}
