using FsCheck;
using FsCheck.Fluent;
using NeuroLab.Domain.Experiments;

namespace NeuroLab.UnitTests.Domain;

public sealed class MetricsCalculatorTests
{
    private static readonly IReadOnlyDictionary<string, double> None = new Dictionary<string, double>();

    [Fact]
    public void Calculate_WhenAKnownSeries_ComputesThePopulationDeviation()
    {
        var metrics = MetricsCalculator.Calculate(ExperimentType.HeartRate, [.. new double[] { 2, 4, 4, 4, 5, 5, 7, 9 }.Select(value => Point(value))]);

        metrics.Should().Be(new ExperimentMetrics { Mean = 5, StdDev = 2, Min = 2, Max = 9 });
    }

    [Fact]
    public void Calculate_WhenMemory_ComputesAccuracyInPercentAndSeconds()
    {
        DataPoint[] points = [.. new[] { (1.0, 1.5), (0, 2.5), (1, 3.5), (1, 4.5) }.Select(p => Point(p.Item1, new() { ["response_time"] = p.Item2 }))];

        var metrics = MetricsCalculator.Calculate(ExperimentType.Memory, points);

        metrics.Accuracy.Should().Be(75);
        metrics.AvgResponseTime.Should().Be(3);
    }

    [Fact]
    public void Calculate_WhenEeg_AveragesEachBand()
    {
        DataPoint[] points =
        [
            Point(0.4, new() { ["alpha"] = 0.4, ["beta"] = 0.3, ["theta"] = 0.2, ["delta"] = 0.1 }),
            Point(0.2, new() { ["alpha"] = 0.2, ["beta"] = 0.3, ["theta"] = 0.2, ["delta"] = 0.3 }),
        ];

        var metrics = MetricsCalculator.Calculate(ExperimentType.Eeg, points);

        metrics.AlphaAvg.Should().BeApproximately(0.3, 1e-12);
        metrics.BetaAvg.Should().BeApproximately(0.3, 1e-12);
        metrics.ThetaAvg.Should().BeApproximately(0.2, 1e-12);
        metrics.DeltaAvg.Should().BeApproximately(0.2, 1e-12);
        metrics.Accuracy.Should().BeNull();
    }

    [Fact]
    public void Calculate_WhenTheSeriesIsEmpty_IsRefused() =>
        FluentActions.Invoking(() => MetricsCalculator.Calculate(ExperimentType.Eeg, [])).Should().Throw<ArgumentException>();

    [Fact]
    public void Calculate_WhenAnySeries_KeepsMeanAndDeviationInsideTheRange() => Prop.ForAll(Gen.Choose(-1000, 1000).NonEmptyListOf().ToArbitrary(), values =>
    {
        var metrics = MetricsCalculator.Calculate(ExperimentType.ReactionTime, [.. values.Select(value => Point(value / 7.0))]);
        return metrics.Min <= metrics.Mean && metrics.Mean <= metrics.Max && metrics.StdDev >= 0 && metrics.StdDev <= (metrics.Max - metrics.Min) + 1e-9;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Of_WhenEachType_SaysWhatWasMeasured()
    {
        var metrics = new ExperimentMetrics { Mean = 110.27, StdDev = 2, Min = 100, Max = 120.5, Accuracy = 70, AvgResponseTime = 2.345, AlphaAvg = 0.2, BetaAvg = 0.5, ThetaAvg = 0.2, DeltaAvg = 0.1 };

        AnalysisSummary.Of(new HeartRateParameters(5, 75), metrics).Should().Contain("110.3 bpm over 5 min").And.Contain("above the usual range");
        AnalysisSummary.Of(new HeartRateParameters(5, 75), metrics with { Mean = 55 }).Should().Contain("below the usual range");
        AnalysisSummary.Of(new HeartRateParameters(5, 75), metrics with { Mean = 75 }).Should().Contain("inside the usual range");
        AnalysisSummary.Of(new ReactionTimeParameters(10, StimulusType.Audio), metrics).Should().Contain("audio").And.Contain("10 trials");
        AnalysisSummary.Of(new MemoryParameters(10, MemoryTestType.Verbal), metrics).Should().Contain("70.0% of 10 verbal items").And.Contain("fair");
        AnalysisSummary.Of(new MemoryParameters(10, MemoryTestType.Verbal), metrics with { Accuracy = 10 }).Should().Contain("low");
        AnalysisSummary.Of(new MemoryParameters(10, MemoryTestType.Verbal), metrics with { Accuracy = 80 }).Should().Contain("good");
        AnalysisSummary.Of(new EegParameters(2, 256), metrics).Should().Contain("the beta band was the strongest").And.Contain("alpha 0.200");
    }

    private static DataPoint Point(double value, Dictionary<string, double>? metadata = null) =>
        new(new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc), value, metadata ?? None);
}
