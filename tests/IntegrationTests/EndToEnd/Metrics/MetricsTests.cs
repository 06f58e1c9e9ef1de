using System.Text.Json;
using System.Text.RegularExpressions;

namespace NeuroLab.IntegrationTests.EndToEnd.Metrics;

/// <summary>What is written for operators of the metrics is what a service really emits: the table, the dashboard, the alerts. And nothing of a user is in it.</summary>
[Collection(ServersCollection.Name)]
public sealed partial class MetricsTests(ScrapedService service) : IClassFixture<ScrapedService>
{
    private static readonly string Folder = Path.Combine(Repository.Root, "docs", "operations");

    private Scrape Scrape => service.Scrape;

    [Fact]
    public void Scrape_WhenTheServiceWasUsed_HoldsNothingOfAUser()
    {
        service.Texts.Should().NotBeEmpty();
        service.Markers.Where(marker => service.Texts.Exists(text => text.Contains(marker, StringComparison.OrdinalIgnoreCase))).Should().BeEmpty();
    }

    /// <summary>The table, the dashboard and the alerts go by names: they are the same in the format that Prometheus prefers.</summary>
    [Fact]
    public void OpenMetrics_Always_HasTheSameNames()
    {
        var names = SampleName().Matches(service.OpenMetrics).Select(name => name.Value).Distinct().ToList();

        names.Should().Contain("neurolab_cache_requests_total");
        Scrape.Samples.Select(sample => sample.Name).Distinct().Except(names).Should().BeEmpty();
    }

    [Fact]
    public void Table_Always_HoldsEveryMetricOfTheCacheWithItsTypeAndLabels()
    {
        var rows = Row().Matches(File.ReadAllText(Path.Combine(Folder, "metrics.md"))).ToList();
        var labelsOf = new Dictionary<string, string[]>();
        var wrong = new List<string>();
        foreach (var row in rows)
        {
            var (name, exported, type, unit) = (row.Groups[1].Value, row.Groups[2].Value, row.Groups[3].Value, row.Groups[4].Value);
            var labels = row.Groups[5].Value.StartsWith("the same", StringComparison.Ordinal) ? labelsOf.Values.Last() : [.. Label().Matches(row.Groups[5].Value).Select(label => label.Value)];
            labelsOf[exported] = labels;
            var emitted = Scrape.Of(exported, type).SelectMany(sample => sample.Labels.Keys).Except(["le"]).Distinct();
            wrong.AddRange(
                Scrape.Types.GetValueOrDefault(exported) != type ? [$"{exported} is a {Scrape.Types.GetValueOrDefault(exported, "metric that is not there")}"]
                : !emitted.Order().SequenceEqual(labels.Order()) ? [$"{exported} has the labels {string.Join(", ", emitted)}"]
                : Exported(name, type, unit) != exported ? [$"{name} with the unit {unit} is not {exported}"]
                : []);
        }

        wrong.Should().BeEmpty();
        Scrape.Types.Keys.Where(name => name.StartsWith("neurolab_", StringComparison.Ordinal)).Should().BeEquivalentTo(labelsOf.Keys);
    }

    [Fact]
    public void Dashboard_Always_AsksForWhatIsEmitted()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "grafana-dashboard.json")));
        var root = dashboard.RootElement;
        var panels = root.GetProperty("panels").EnumerateArray().Where(panel => panel.GetProperty("type").GetString() != "row").ToList();
        var targets = panels.SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).ToList();
        var variables = root.GetProperty("templating").GetProperty("list").EnumerateArray().Select(variable => variable.GetProperty("query")).Where(query => query.ValueKind == JsonValueKind.Object)
            .Select(query => LabelValues().Match(query.GetProperty("query").GetString()!).Groups[1].Value);

        targets.SelectMany(target => PromQl.Missing(Expression(target), Scrape).Concat(PromQl.MissingInLegend(target.GetProperty("legendFormat").GetString()!, Expression(target), Scrape)))
            .Concat(variables.SelectMany(metric => PromQl.Missing(metric, Scrape)))
            .Should().BeEmpty();
        panels.Select(panel => panel.GetProperty("id").GetInt32()).Should().OnlyHaveUniqueItems();
        panels.Should().OnlyContain(panel => panel.GetProperty("title").GetString()!.Length > 0 && panel.GetProperty("description").GetString()!.Length > 0);

        static string Expression(JsonElement target) => target.GetProperty("expr").GetString()!;
    }

    [Fact]
    public void Alerts_Always_AskForWhatIsEmittedAndAreExplained()
    {
        var rules = Rule().Matches(File.ReadAllText(Path.Combine(Folder, "alerts.yml"))).ToList();
        var operations = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));

        rules.Should().HaveSameCount(AlertName().Matches(File.ReadAllText(Path.Combine(Folder, "alerts.yml"))), "each has an expression, a summary, a description and a link");
        rules.SelectMany(rule => PromQl.Missing(rule.Groups["expr"].Value, Scrape)).Should().BeEmpty();
        rules.Should().OnlyContain(rule => string.Equals(rule.Groups["link"].Value, rule.Groups["name"].Value, StringComparison.OrdinalIgnoreCase));
        Section().Matches(operations).Select(section => section.Groups[1].Value).Should().Equal(rules.Select(rule => rule.Groups["name"].Value), "each has its section, in the same order");
    }

    [Theory]
    [InlineData("sum(rate(shop_requests_total[5m]))", "")]
    [InlineData("sum by (instance, kind) (rate(shop_requests_total{job=~\"$job\",kind=\"sale\"}[$__rate_interval])) / shop_open > 1 and shop_open == 1", "")]
    [InlineData("histogram_quantile(0.9, sum by (le) (rate(shop_wait_seconds_bucket[5m])))", "")]
    [InlineData("up{job=\"shop\"} == 0", "")]
    [InlineData("rate(shop_request_total[5m])", "there is no shop_request_total")]
    [InlineData("shop_requests_total{kind=\"return\"}", "selects nothing")]
    [InlineData("shop_requests_total{kind=~\"ret.*\"}", "selects nothing")]
    [InlineData("shop_requests_total{sort!=\"sale\"}", "no label sort")]
    [InlineData("sum by (sort) (shop_requests_total)", "no label sort")]
    [InlineData("sum by (le) (shop_open)", "no label le")]
    [InlineData("1 + 1", "asks for nothing")]
    public void Missing_WhenAnExpressionIsHeldAgainstAScrape_SaysWhatIsNotThere(string expression, string expected)
    {
        var scrape = Scrape.Of("""
            # TYPE shop_requests_total counter
            shop_requests_total{kind="sale"} 3
            # TYPE shop_open gauge
            shop_open{} 1
            # TYPE shop_wait_seconds histogram
            shop_wait_seconds_bucket{le="+Inf"} 1
            """.ReplaceLineEndings("\n"));

        var missing = string.Join('\n', PromQl.Missing(expression, scrape));

        (expected.Length == 0 ? missing.Length == 0 : missing.Contains(expected, StringComparison.Ordinal)).Should().BeTrue("it said: {0}", missing);
    }

    /// <summary>How a metric of OpenTelemetry is called in Prometheus.</summary>
    private static string Exported(string name, string type, string unit) =>
        name.Replace('.', '_') + (unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" }) + (type == "counter" ? "_total" : "");

    [GeneratedRegex(@"^\| `([a-z_.]+)` \| `([a-z_]+)` \| (counter|gauge|histogram) \| (?:`([^`]+)`)? ?\| (.*?) ?\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^[a-zA-Z_:][\w:]*(?=[{ ])", RegexOptions.Multiline)]
    private static partial Regex SampleName();

    [GeneratedRegex("neurolab_cache_[a-z_]+")]
    private static partial Regex Label();

    [GeneratedRegex(@"^label_values\((.*), \w+\)$")]
    private static partial Regex LabelValues();

    [GeneratedRegex(@"^ +- alert: (\w+)$", RegexOptions.Multiline)]
    private static partial Regex AlertName();

    [GeneratedRegex(
        @"- alert: (?<name>\w+)\n +expr: '(?<expr>[^'\n]+)'\n +for: \w+\n +labels: \{ severity: (?:critical|warning) \}\n +annotations:\n +summary: '[^'\n]+'\n +description: '[^'\n]+'\n +runbook_url: 'docs/operations\.md#(?<link>[a-z]+)'")]
    private static partial Regex Rule();

    [GeneratedRegex(@"^### (NeuroLab\w+)$", RegexOptions.Multiline)]
    private static partial Regex Section();
}
