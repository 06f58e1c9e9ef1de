using NeuroLab.Domain.Common;
using NeuroLab.Domain.Experiments;

namespace NeuroLab.UnitTests.Domain;

public sealed class ExperimentTests
{
    private static readonly DateTime Now = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("  Morning run  ", "Morning run")]
    [InlineData("*?[a-c]:\\\"'; drop table users; -- 😀", "*?[a-c]:\\\"'; drop table users; -- 😀")]
    public void Start_WhenTheNameIsValid_TrimsAndKeepsIt(string name, string kept) => Start(name).Name.Should().Be(kept);

    [Fact]
    public void Start_WhenTheNameHas200Characters_KeepsIt() => Start(" " + new string('x', 200) + " ").Name.Should().HaveLength(200);

    public static TheoryData<string> InvalidNames => new() { "", "   ", new string('x', 201), "a\0b", "line\nbreak" };

    [Theory]
    [MemberData(nameof(InvalidNames))]
    public void Start_WhenTheNameIsInvalid_NamesTheField(string name)
    {
        var act = () => Start(name);

        act.Should().Throw<DomainRuleException>().Which.Field.Should().Be("name");
        Experiment.IsValidName(name).Should().BeFalse();
    }

    [Theory]
    [InlineData("a😀b", true)]
    [InlineData("", true)]
    [InlineData("a\u0085b", false)]
    public void IsPlain_WhenAsked_RefusesControlCharacters(string text, bool plain) => PlainText.IsPlain(text).Should().Be(plain);

    [Fact]
    public void IsPlain_WhenHalfOfAPairStandsAlone_Refuses() =>
        new[] { "\ud83d", "x\ud83d", "\ud83dx", "\ude00\ud83d", "😀\ude00" }.Should().OnlyContain(text => !PlainText.IsPlain(text));

    [Fact]
    public void Start_WhenGivenParameters_TakesTheirTypeAndRuns()
    {
        var experiment = Start("x");

        experiment.Type.Should().Be(ExperimentType.Eeg);
        experiment.Status.Should().Be(ExperimentStatus.Running);
        experiment.UpdatedAt.Should().Be(experiment.CreatedAt).And.Be(Now);
    }

    [Fact]
    public void Rename_WhenValid_ChangesNameAndTime()
    {
        var experiment = Start("x");

        experiment.Rename(" y ", Now.AddMinutes(1));

        experiment.Name.Should().Be("y");
        experiment.UpdatedAt.Should().Be(Now.AddMinutes(1));
    }

    [Fact]
    public void Rename_WhenInvalid_ChangesNothing()
    {
        var experiment = Start("x");

        var act = () => experiment.Rename(" ", Now.AddMinutes(1));

        act.Should().Throw<DomainRuleException>();
        experiment.Name.Should().Be("x");
        experiment.UpdatedAt.Should().Be(Now);
    }

    [Fact]
    public void Complete_WhenEndedAlready_IsRefused()
    {
        var experiment = Start("x");
        experiment.Fail(Now);

        var act = () => experiment.Complete(Now);

        act.Should().Throw<InvalidOperationException>();
        experiment.Status.Should().Be(ExperimentStatus.Failed);
    }

    private static Experiment Start(string name) =>
        Experiment.Start(Guid.NewGuid(), Guid.NewGuid(), name, new EegParameters(2, 256), Now);
}
