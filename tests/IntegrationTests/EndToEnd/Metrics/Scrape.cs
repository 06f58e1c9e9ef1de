using System.Globalization;
using System.Text.RegularExpressions;

namespace NeuroLab.IntegrationTests.EndToEnd.Metrics;

/// <summary>One line of a scrape.</summary>
internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value)
{
    /// <summary>A label's value; empty where it has no such label, as Prometheus sees it.</summary>
    public string Label(string name) => Labels.GetValueOrDefault(name, "");
}

/// <summary>What a scrape in Prometheus' text format says.</summary>
internal sealed partial class Scrape
{
    private static readonly string[] Suffixes = ["_bucket", "_sum", "_count"];

    private Scrape(string text)
    {
        Text = text;
        foreach (var line in text.Split('\n').Where(line => line.Length > 0))
        {
            if (Type().Match(line) is { Success: true } type)
            {
                Types.Add(type.Groups[1].Value, type.Groups[2].Value);
            }
            else if (line[0] != '#')
            {
                var sample = Line().Match(line);
                sample.Success.Should().BeTrue("this is no line of the format: {0}", line);
                Samples.Add(new Sample(
                    sample.Groups[1].Value,
                    Pair().Matches(sample.Groups[2].Value).ToDictionary(pair => pair.Groups[1].Value, pair => pair.Groups[2].Value),
                    ValueOf(sample.Groups[3].Value)));
            }
        }
    }

    /// <summary>As it came.</summary>
    public string Text { get; }

    /// <summary>The type of each metric.</summary>
    public Dictionary<string, string> Types { get; } = [];

    /// <summary>The lines.</summary>
    public List<Sample> Samples { get; } = [];

    /// <summary>Reads a scrape.</summary>
    public static Scrape Of(string text) => new(text);

    /// <summary>The lines of a metric; of a histogram all of its series.</summary>
    public IEnumerable<Sample> Of(string metric, string type) =>
        Samples.Where(sample => sample.Name == metric || (type == "histogram" && Suffixes.Any(suffix => sample.Name == metric + suffix)));

    /// <summary>The sum of a metric's lines that have these labels.</summary>
    public double Sum(string name, params (string Name, string Value)[] labels) =>
        Samples.Where(sample => sample.Name == name && labels.All(label => sample.Label(label.Name) == label.Value)).Sum(sample => sample.Value);

    private static double ValueOf(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    [GeneratedRegex(@"^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram|summary|untyped)$")]
    private static partial Regex Type();

    [GeneratedRegex(@"^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: \d+)?$")]
    private static partial Regex Line();

    [GeneratedRegex(@"(\w+)=""((?:[^""\\]|\\.)*)""")]
    private static partial Regex Pair();
}
