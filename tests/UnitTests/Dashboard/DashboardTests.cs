using Microsoft.Extensions.Time.Testing;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Dashboard;
using NeuroLab.Domain.Experiments;

namespace NeuroLab.UnitTests.Dashboard;

public sealed class DashboardTests
{
    private static readonly DateTime Now = new(2026, 3, 31, 12, 30, 0, DateTimeKind.Utc);
    private static readonly Guid User = Guid.NewGuid();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(Now));
    private readonly FakeDashboard _dashboard = new()
    {
        Counts =
        [
            new(ExperimentType.Eeg, ExperimentStatus.Completed, 4, 1),
            new(ExperimentType.Eeg, ExperimentStatus.Failed, 1, 0),
            new(ExperimentType.Memory, ExperimentStatus.Completed, 1, 1),
        ],
        Means = [new(ExperimentType.Memory, Metrics(0.5) with { Accuracy = 50 }), new(ExperimentType.Eeg, Metrics(0.3) with { AlphaAvg = 0.3 })],
    };

    [Fact]
    public async Task Summary_WhenComplete_CountsEverythingInTwoReads()
    {
        var loaded = await Summary();

        loaded.IsPartial.Should().BeFalse();
        _dashboard.ReadFor.Should().Be(User);
        _dashboard.Calls.Should().Equal("count   2026-03-24T12:30:00", "means  ");
        var summary = loaded.Value;
        summary.TotalExperiments.Should().Be(6);
        summary.ExperimentsByType.Should().Equal(new Dictionary<string, int> { ["heart_rate"] = 0, ["reaction_time"] = 0, ["memory"] = 1, ["eeg"] = 5 });
        summary.ExperimentsByStatus.Should().Equal(new Dictionary<string, int> { ["pending"] = 0, ["running"] = 0, ["completed"] = 5, ["failed"] = 1 });
        summary.RecentActivity.Should().Be(new RecentActivityResponse(2, 83.3));
        summary.AverageMetrics.Keys.Should().BeEquivalentTo("memory", "eeg");
        summary.AverageMetrics["memory"].Accuracy.Should().Be(50);
        summary.AverageMetrics["eeg"].Accuracy.Should().BeNull("figures of one type never reach another");
        summary.LastUpdated.Should().Be(Now);
    }

    [Fact]
    public async Task Summary_WhenThereIsNothing_IsZeroAndNotNan()
    {
        _dashboard.Counts = [];
        _dashboard.Means = [];

        var summary = (await Summary()).Value;

        (summary.TotalExperiments, summary.RecentActivity.CompletionRate, summary.AverageMetrics.Count).Should().Be((0, 0.0, 0));
        summary.ExperimentsByType.Should().HaveCount(4);
    }

    [Fact]
    public async Task Summary_WhenTheMetricsFail_IsPartialWithTheRest()
    {
        _dashboard.Failing.Add("average_metrics");

        var loaded = await Summary();

        loaded.FailedOperations.Should().Equal("average_metrics");
        loaded.Value.TotalExperiments.Should().Be(6);
        loaded.Value.AverageMetrics.Should().BeEmpty();
    }

    [Theory]
    [InlineData("7d", "2026-03-24T12:30:00")]
    [InlineData("30d", "2026-03-01T12:30:00")]
    [InlineData("90d", "2025-12-31T12:30:00")]
    [InlineData("all", "")]
    public async Task Charts_WhenAPeriodIsAsked_ReadNothingOlder(string period, string since)
    {
        _dashboard.Days = [new(new DateOnly(2026, 2, 3), 2), new(new DateOnly(2026, 3, 30), 4)];

        var charts = (await Charts(period, "eeg")).Value;

        _dashboard.Calls.Should().Equal($"count {since} Eeg 2026-03-31T12:30:00", $"days {since} Eeg", $"daily means {since} Eeg", $"means {since} Eeg");
        charts.Period.Should().Be(period);
        charts.DateRange.End.Should().Be(Now);
        charts.DateRange.Start.Should().Be(period == "all" ? new DateTime(2026, 2, 3, 0, 0, 0, DateTimeKind.Utc) : DateTime.Parse(since, null));
        charts.ActivityTimeline.Should().Equal(new ActivityResponse(new DateOnly(2026, 2, 3), 2), new ActivityResponse(new DateOnly(2026, 3, 30), 4));
    }

    [Fact]
    public async Task Charts_WhenComplete_NeverMixTypes()
    {
        _dashboard.DailyMeans = [new(new DateOnly(2026, 3, 30), ExperimentType.Eeg, Metrics(0.3)), new(new DateOnly(2026, 3, 30), ExperimentType.Memory, Metrics(0.5))];

        var charts = (await Charts("all", null)).Value;

        charts.TotalExperiments.Should().Be(6);
        charts.ExperimentTypeDistribution.Should().Equal(new TypeCountResponse("memory", 1), new TypeCountResponse("eeg", 5));
        charts.PerformanceTrends.Select(trend => (trend.ExperimentType, trend.Metrics.Mean)).Should().Equal(("eeg", 0.3), ("memory", 0.5));
        charts.MetricComparisons.Select(comparison => comparison.ExperimentType).Should().Equal("memory", "eeg");
        charts.DateRange.Start.Should().Be(Now, "there is no day to begin with");
    }

    [Theory]
    [InlineData("activity_timeline")]
    [InlineData("performance_trends")]
    [InlineData("metric_comparisons")]
    public async Task Charts_WhenASectionFails_ArePartialWithTheOthers(string section)
    {
        _dashboard.Failing.Add(section);
        _dashboard.Days = [new(new DateOnly(2026, 3, 30), 4)];
        _dashboard.DailyMeans = [new(new DateOnly(2026, 3, 30), ExperimentType.Eeg, Metrics(0.3))];

        var loaded = await Charts("7d", null);

        loaded.FailedOperations.Should().Equal(section);
        loaded.Value.ActivityTimeline.Any().Should().Be(section != "activity_timeline");
        loaded.Value.PerformanceTrends.Any().Should().Be(section != "performance_trends");
        loaded.Value.MetricComparisons.Any().Should().Be(section != "metric_comparisons");
        loaded.Value.TotalExperiments.Should().Be(6);
    }

    [Fact]
    public async Task Recent_WhenComplete_SumsUpThePeriodAndNotThePage()
    {
        var experiment = Experiment.Start(Guid.NewGuid(), User, "run", new EegParameters(1, 128), Now.AddDays(-1));
        var failed = Experiment.Start(Guid.NewGuid(), User, "bad", new EegParameters(1, 128), Now.AddDays(-2));
        failed.Fail(Now);
        _dashboard.Recent = [new(experiment, Metrics(0.3)), new(failed, null)];
        _dashboard.WithResults = 5;

        var loaded = await Recent(2, 14);

        var cutoff = new DateTime(2026, 3, 17, 12, 30, 0, DateTimeKind.Utc);
        _dashboard.Calls.Should().Equal("count 2026-03-17T12:30:00  2026-03-17T12:30:00", "recent 2026-03-17T12:30:00 2", "with results 2026-03-17T12:30:00");
        loaded.IsPartial.Should().BeFalse();
        loaded.Value.Period.Should().Be(new RecentPeriodResponse(14, 2, cutoff));
        loaded.Value.Experiments.Select(recent => (recent.Name, recent.Status, recent.Metrics?.Mean)).Should().Equal(("run", "running", 0.3), ("bad", "failed", null));
        var summary = loaded.Value.ActivitySummary;
        (summary.TotalRecent, summary.CompletionRate, summary.WithResults, summary.WithoutResults).Should().Be((6, 83.3, 5, 1));
        summary.ByType["eeg"].Should().Be(5);
        summary.ByStatus["failed"].Should().Be(1);
    }

    [Fact]
    public async Task Recent_WhenSectionsFail_IsPartialAndInventsNoNumbers()
    {
        _dashboard.Failing.UnionWith(["experiments", "with_results"]);

        var loaded = await Recent(10, 7);

        loaded.FailedOperations.Should().Equal("experiments", "with_results");
        loaded.Value.Experiments.Should().BeEmpty();
        loaded.Value.ActivitySummary.Should().Match<ActivitySummaryResponse>(summary =>
            summary.TotalRecent == 6 && summary.WithResults == null && summary.WithoutResults == null);
    }

    [Fact]
    public void Insights_WhenSomeFailed_Warn() =>
        Insights.Of(_dashboard.Counts, 7).Should().Equal(
            new InsightResponse("info", "6 experiments in the last 7 days: eeg 5, memory 1."),
            new InsightResponse("warning", "1 of 6 experiments failed and has no results."),
            new InsightResponse("info", "Not run in the last 7 days: heart_rate, reaction_time."));

    [Fact]
    public void Insights_WhenAllWereCompleted_SaySo() =>
        Insights.Of([.. Enum.GetValues<ExperimentType>().Select(type => new ExperimentCount(type, ExperimentStatus.Completed, 1, 1))], 1).Should().Equal(
            new InsightResponse("info", "4 experiments in the last day: heart_rate 1, reaction_time 1, memory 1, eeg 1."),
            new InsightResponse("success", "Every experiment in the last day was completed."));

    [Fact]
    public void Insights_WhenThereIsNothing_SaySo()
    {
        Insights.Of([], 30).Should().Equal(new InsightResponse("info", "There are no experiments in the last 30 days."));
        Insights.Of([new(ExperimentType.Eeg, ExperimentStatus.Running, 1, 1)], 7).Select(insight => insight.Type).Should().Equal("info", "info");
    }

    [Fact]
    public void Validate_WhenOutOfRange_NamesTheField()
    {
        var recent = new GetDashboardRecentValidator();
        recent.Errors(new GetDashboardRecent(User, 0, 366)).Keys.Should().BeEquivalentTo("limit", "days");
        recent.Errors(new GetDashboardRecent(User, 51, 0)).Keys.Should().BeEquivalentTo("limit", "days");
        recent.Errors(new GetDashboardRecent(User, 50, 365)).Should().BeEmpty();

        var charts = new GetDashboardChartsValidator();
        charts.Errors(new GetDashboardCharts(User, "8d", "x")).Keys.Should().BeEquivalentTo("period", "experiment_type");
        charts.Errors(new GetDashboardCharts(User, null!, "")).Keys.Should().BeEquivalentTo("period", "experiment_type");
        charts.Errors(new GetDashboardCharts(User, "all", null)).Should().BeEmpty();
    }

    private Task<NeuroLab.Application.Abstractions.Caching.LoadResult<DashboardSummaryResponse>> Summary() =>
        new GetDashboardSummaryHandler(_dashboard, _clock).LoadAsync(new GetDashboardSummary(User), default);

    private Task<NeuroLab.Application.Abstractions.Caching.LoadResult<DashboardChartsResponse>> Charts(string period, string? type) =>
        new GetDashboardChartsHandler(_dashboard, _clock).LoadAsync(new GetDashboardCharts(User, period, type), default);

    private Task<NeuroLab.Application.Abstractions.Caching.LoadResult<DashboardRecentResponse>> Recent(int limit, int days) =>
        new GetDashboardRecentHandler(_dashboard, _clock).LoadAsync(new GetDashboardRecent(User, limit, days), default);

    private static ExperimentMetrics Metrics(double mean) => new() { Mean = mean, StdDev = 0, Min = mean, Max = mean };
}
