using NeuroLab.Domain.Experiments;

namespace NeuroLab.UnitTests.Domain;

public sealed class ExperimentNamesTests
{
    [Fact]
    public void Of_WhenAnyValue_IsTheSnakeCaseOfItsIdentifierAndParsesBack()
    {
        Check<ExperimentType>(ExperimentNames.Types, ExperimentNames.Of, ExperimentNames.ParseType);
        Check<ExperimentStatus>(ExperimentNames.Statuses, ExperimentNames.Of, ExperimentNames.ParseStatus);
        Check<StimulusType>(ExperimentNames.StimulusTypes, ExperimentNames.Of, ExperimentNames.ParseStimulusType);
        Check<MemoryTestType>(ExperimentNames.MemoryTestTypes, ExperimentNames.Of, ExperimentNames.ParseMemoryTestType);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("HeartRate")]
    [InlineData("Heart_Rate")]
    [InlineData(" eeg")]
    public void TryParse_WhenNotExactlyAName_Refuses(string? name)
    {
        ExperimentNames.TryParse(name, out ExperimentType _).Should().BeFalse();
        ExperimentNames.TryParse(name, out ExperimentStatus _).Should().BeFalse();
        ExperimentNames.TryParse(name, out StimulusType _).Should().BeFalse();
        ExperimentNames.TryParse(name, out MemoryTestType _).Should().BeFalse();
    }

    [Fact]
    public void Parse_WhenUnknown_Throws()
    {
        FluentActions.Invoking(() => ExperimentNames.ParseType("x")).Should().Throw<FormatException>();
        FluentActions.Invoking(() => ExperimentNames.ParseStatus("x")).Should().Throw<FormatException>();
        FluentActions.Invoking(() => ExperimentNames.ParseStimulusType("x")).Should().Throw<FormatException>();
        FluentActions.Invoking(() => ExperimentNames.ParseMemoryTestType("x")).Should().Throw<FormatException>();
    }

    private static void Check<T>(IReadOnlyList<string> names, Func<T, string> nameOf, Func<string, T> parse)
        where T : struct, Enum
    {
        names.Should().Equal(Enum.GetNames<T>().Select(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName));
        Enum.GetValues<T>().Should().OnlyContain(value => parse(nameOf(value)).Equals(value));
    }
}
