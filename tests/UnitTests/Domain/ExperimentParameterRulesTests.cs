using FsCheck;
using FsCheck.Fluent;
using NeuroLab.Domain.Experiments;

namespace NeuroLab.UnitTests.Domain;

public sealed class ExperimentParameterRulesTests
{
    public static TheoryData<ExperimentType, ExperimentParameters> Defaults => new()
    {
        { ExperimentType.HeartRate, new HeartRateParameters(5, 75) },
        { ExperimentType.ReactionTime, new ReactionTimeParameters(10, StimulusType.Visual) },
        { ExperimentType.Memory, new MemoryParameters(10, MemoryTestType.Visual) },
        { ExperimentType.Eeg, new EegParameters(2, 256) },
    };

    public static TheoryData<ExperimentType, string, long, long> Bounds => new()
    {
        { ExperimentType.HeartRate, "duration_minutes", 1, 60 },
        { ExperimentType.HeartRate, "baseline_bpm", 40, 200 },
        { ExperimentType.ReactionTime, "trials", 5, 50 },
        { ExperimentType.Memory, "items_count", 5, 30 },
        { ExperimentType.Eeg, "duration_minutes", 1, 30 },
        { ExperimentType.Eeg, "sampling_rate", 128, 1024 },
    };

    [Theory]
    [MemberData(nameof(Defaults))]
    public void Create_WhenNothingIsGiven_TakesTheDefaults(ExperimentType type, ExperimentParameters expected)
    {
        ExperimentParameterRules.Create(type, null).Parameters.Should().Be(expected);
        ExperimentParameterRules.Create(type, new Dictionary<string, object?>()).Parameters.Should().Be(expected);
    }

    [Theory]
    [MemberData(nameof(Bounds))]
    public void Create_WhenANumberIsAtOrBeyondItsBounds_AcceptsOrNamesTheField(ExperimentType type, string name, long least, long most)
    {
        Create(type, name, least).Parameters.Should().NotBeNull();
        Create(type, name, most).Parameters.Should().NotBeNull();
        foreach (var wrong in new object?[] { least - 1, most + 1, long.MinValue, long.MaxValue, null, "x", "10", 10.5, 10.0, true })
        {
            var outcome = Create(type, name, wrong);
            outcome.Parameters.Should().BeNull();
            outcome.Errors.Should().ContainSingle().Which.Should()
                .Be(new KeyValuePair<string, string>("parameters." + name, $"Must be a whole number from {least} to {most}."));
        }
    }

    [Fact]
    public void Create_WhenAWordIsGiven_AcceptsOnlyTheNames()
    {
        Create(ExperimentType.ReactionTime, "stimulus_type", "audio").Parameters.Should().Be(new ReactionTimeParameters(10, StimulusType.Audio));
        Create(ExperimentType.Memory, "test_type", "spatial").Parameters.Should().Be(new MemoryParameters(10, MemoryTestType.Spatial));
        foreach (var wrong in new object?[] { "Audio", "", null, 1L, "verbal " })
        {
            Create(ExperimentType.ReactionTime, "stimulus_type", wrong).Errors.Should().ContainSingle()
                .Which.Should().Be(new KeyValuePair<string, string>("parameters.stimulus_type", "Must be one of: visual, audio."));
        }
    }

    [Fact]
    public void Create_WhenSeveralAreWrong_NamesEachFieldOnce()
    {
        var outcome = ExperimentParameterRules.Create(
            ExperimentType.ReactionTime, new Dictionary<string, object?> { ["trials"] = 4L, ["stimulus_type"] = "smell", ["sampling_rate"] = 256L });

        outcome.Parameters.Should().BeNull();
        outcome.Errors.Keys.Should().BeEquivalentTo("parameters.trials", "parameters.stimulus_type", "parameters.sampling_rate");
        outcome.Errors["parameters.sampling_rate"].Should().Contain("trials and stimulus_type");
    }

    [Fact]
    public void Create_WhenAnyNumbersAreGiven_NeverLeavesTheBounds() => Prop.ForAll<long, long>((duration, bpm) =>
    {
        var outcome = ExperimentParameterRules.Create(
            ExperimentType.HeartRate, new Dictionary<string, object?> { ["duration_minutes"] = duration, ["baseline_bpm"] = bpm });
        var right = duration is >= 1 and <= 60 && bpm is >= 40 and <= 200;
        return right
            ? outcome.Parameters is HeartRateParameters p && p.DurationMinutes == duration && p.BaselineBpm == bpm
            : outcome.Parameters is null && outcome.Errors.Count is 1 or 2;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void For_WhenAskedForAType_ListsItsRules() =>
        ExperimentParameterRules.For(ExperimentType.Memory).Select(rule => rule.Name).Should().Equal("items_count", "test_type");

    private static ParametersOutcome Create(ExperimentType type, string name, object? value) =>
        ExperimentParameterRules.Create(type, new Dictionary<string, object?> { [name] = value });
}
