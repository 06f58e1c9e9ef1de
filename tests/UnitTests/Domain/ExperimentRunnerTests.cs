using FsCheck;
using FsCheck.Fluent;
using NeuroLab.Domain.Common;
using NeuroLab.Domain.Experiments;

namespace NeuroLab.UnitTests.Domain;

public sealed class ExperimentRunnerTests
{
    private static readonly DateTime Start = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Generate_WhenTheSeedIsEqual_RepeatsExactly() => Prop.ForAll(AnyParameters().ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (parameters, seed) =>
    {
        var first = Generate(parameters, seed);
        var second = Generate(parameters, seed);
        return first.Zip(second).All(pair => pair.First.Value.Equals(pair.Second.Value)
            && pair.First.Timestamp == pair.Second.Timestamp
            && pair.First.Metadata.SequenceEqual(pair.Second.Metadata));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Fact]
    public void Generate_WhenAnyParameters_KeepsCountOrderAndBounds() => Prop.ForAll(AnyParameters().ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (parameters, seed) =>
    {
        var points = Generate(parameters, seed);
        var (count, inBounds) = parameters switch
        {
            HeartRateParameters p => (p.DurationMinutes * 60, points.All(point => point.Value is >= 50 and <= 200 && point.Metadata.Count == 0)),
            ReactionTimeParameters p => (p.Trials, points.All(point => point.Value >= 150 && point.Metadata.Count == 0)),
            MemoryParameters p => (p.ItemsCount, points.All(point => point.Value is 0 or 1 && point.Metadata["response_time"] is >= 1 and <= 5)),
            EegParameters p => (p.DurationMinutes * 60, points.All(point => point.Metadata.Values.All(power => power is > 0 and < 1)
                && Math.Abs(point.Metadata.Values.Sum() - 1) < 0.001 && point.Value.Equals(point.Metadata["alpha"]))),
            _ => (-1, false),
        };
        return points.Count == count && inBounds && points[0].Timestamp == Start
            && points.All(point => point.Timestamp.Ticks % TimeSpan.TicksPerMicrosecond == 0)
            && points.Zip(points.Skip(1)).All(pair => pair.First.Timestamp < pair.Second.Timestamp);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Fact]
    public void Generate_WhenOnePointASecond_StandsEachASecondApart()
    {
        foreach (var parameters in new ExperimentParameters[] { new HeartRateParameters(1, 75), new EegParameters(1, 128) })
        {
            Generate(parameters, 1).Select(point => point.Timestamp).Should().Equal(Enumerable.Range(0, 60).Select(second => Start.AddSeconds(second)));
        }
    }

    [Theory]
    [InlineData(75)]
    [InlineData(120)]
    public void Generate_WhenHeartRate_StaysAroundTheBaseline(int baseline) =>
        Mean(new HeartRateParameters(60, baseline)).Should().BeApproximately(baseline, 2);

    [Fact]
    public void Generate_WhenTheBaselineIsBelowTheClamp_StaysInside() => Mean(new HeartRateParameters(60, 40)).Should().BeInRange(50, 53);

    [Fact]
    public void Generate_WhenReactionTime_IsSlowerToSeeThanToHear()
    {
        Mean(new ReactionTimeParameters(50, StimulusType.Visual)).Should().BeApproximately(250, 15);
        Mean(new ReactionTimeParameters(50, StimulusType.Audio)).Should().BeApproximately(183, 15);
    }

    [Fact]
    public void Generate_WhenEeg_UsesEverySample()
    {
        var random = new CountingRandom();

        ExperimentRunner.Generate(new EegParameters(1, 128), Start, random);

        random.Doubles.Should().Be(60 * 4 * 128);
    }

    [Theory]
    [InlineData(ExperimentType.HeartRate)]
    [InlineData(ExperimentType.ReactionTime)]
    [InlineData(ExperimentType.Memory)]
    [InlineData(ExperimentType.Eeg)]
    public void Run_WhenAnyType_BringsTheMetricsOfThatType(ExperimentType type)
    {
        var parameters = ExperimentParameterRules.Create(type, null).Parameters!;
        var experiment = Experiment.Start(Guid.NewGuid(), Guid.NewGuid(), "x", parameters, Start);
        var id = Guid.NewGuid();

        var result = ExperimentRunner.Run(experiment, id, new SeededRandom(1), Start.AddSeconds(1));

        (result.Id, result.ExperimentId, result.CreatedAt).Should().Be((id, experiment.Id, Start.AddSeconds(1)));
        (result.Metrics.Accuracy is not null, result.Metrics.AvgResponseTime is not null).Should().Be((type == ExperimentType.Memory, type == ExperimentType.Memory));
        new[] { result.Metrics.AlphaAvg, result.Metrics.BetaAvg, result.Metrics.ThetaAvg, result.Metrics.DeltaAvg }
            .Should().OnlyContain(band => band.HasValue == (type == ExperimentType.Eeg));
        result.AnalysisSummary.Should().EndWith(".").And.NotContain("{").And.NotContain("NaN");
        experiment.Status.Should().Be(ExperimentStatus.Running);
    }

    [Fact]
    public void NextNormal_WhenDrawnOften_HasTheMeanAndSpreadAskedFor()
    {
        var random = new SeededRandom(7);
        var numbers = Enumerable.Range(0, 20_000).Select(_ => random.NextNormal(10, 2)).ToList();
        var mean = numbers.Average();

        mean.Should().BeApproximately(10, 0.05);
        Math.Sqrt(numbers.Average(number => (number - mean) * (number - mean))).Should().BeApproximately(2, 0.05);
        numbers.Count(number => Math.Abs(number - 10) < 2).Should().BeInRange(13_300, 14_000, "68% lie within one deviation");
    }

    private static IReadOnlyList<DataPoint> Generate(ExperimentParameters parameters, int seed) =>
        ExperimentRunner.Generate(parameters, Start, new SeededRandom(seed));

    private static double Mean(ExperimentParameters parameters) => Generate(parameters, 42).Average(point => point.Value);

    private static Gen<ExperimentParameters> AnyParameters() => Gen.OneOf(
        Gen.Zip(Gen.Choose(1, 60), Gen.Choose(40, 200)).Select(t => (ExperimentParameters)new HeartRateParameters(t.Item1, t.Item2)),
        Gen.Zip(Gen.Choose(5, 50), Gen.Elements(Enum.GetValues<StimulusType>())).Select(t => (ExperimentParameters)new ReactionTimeParameters(t.Item1, t.Item2)),
        Gen.Zip(Gen.Choose(5, 30), Gen.Elements(Enum.GetValues<MemoryTestType>())).Select(t => (ExperimentParameters)new MemoryParameters(t.Item1, t.Item2)),
        Gen.Zip(Gen.Choose(1, 2), Gen.Choose(128, 1024)).Select(t => (ExperimentParameters)new EegParameters(t.Item1, t.Item2)));

    private sealed class CountingRandom : IRandomSource
    {
        public int Doubles { get; private set; }

        public double NextDouble()
        {
            Doubles++;
            return 0.5;
        }

        public double NextNormal(double mean, double standardDeviation) => mean;
    }
}
