using NeuroLab.ArchitectureTests.Rules;
using NeuroLab.ArchitectureTests.Violations.Answers;
using NeuroLab.ArchitectureTests.Violations.CachedQueries;

namespace NeuroLab.ArchitectureTests;

/// <summary>What is cached, and under which key.</summary>
public sealed class CachedQueryTests
{
    private static readonly Subject Fixture = Subject.Fixture("CachedQueries");

    [Fact]
    public void Queries_Always_AreFoundByTheRules() => CachedQueryRules.Queries(Subject.Application).Should().HaveCountGreaterThan(1);

    [Fact]
    public void Answers_Always_AreImmutable() => CachedQueryRules.AnswersAreImmutable(Subject.Application).ShouldBeNone();

    [Fact]
    public void Answers_Always_ComeBackAsTheyWere() => CachedQueryRules.AnswersAreSerializable(Subject.Application).ShouldBeNone();

    [Fact]
    public void Keys_Always_ContainTheOwner() => CachedQueryRules.KeysContainTheOwner(Subject.Application).ShouldBeNone();

    [Fact]
    public void Keys_Always_ContainTheWholeQuestion() => CachedQueryRules.KeysContainTheQuestion(Subject.Application).ShouldBeNone();

    [Fact]
    public void Keys_Always_AreSteady() => CachedQueryRules.KeysAreSteady(Subject.Application).ShouldBeNone();

    [Fact]
    public void AnswersAreImmutable_WhenOneCanBeChangedAnywhereInside_NamesTheQuery() =>
        CachedQueryRules.AnswersAreImmutable(Fixture).ShouldName(typeof(WithSetterQuery), typeof(WithListQuery), typeof(NotARecordQuery));

    [Fact]
    public void AnswersAreSerializable_WhenSomethingIsLost_NamesTheQuery() => CachedQueryRules.AnswersAreSerializable(Subject.Fixture("Answers"))
        .ShouldName(typeof(IgnoredQuery), typeof(AnythingQuery), typeof(WithoutWayBackQuery), typeof(InterfaceQuery), typeof(SetQuery), typeof(FrozenQuery));

    [Fact]
    public void AnswersAreSerializable_WhenNoExampleCanBeMade_SaysOfWhat() => CachedQueryRules.AnswersAreSerializable(Subject.Fixture("Answers")).Select(offence => offence.Found)
        .Should().Contain("is answered with WithInterface: no example of it can be made or written: IShape stands for other types, and JSON does not tell which.")
        .And.Contain("is answered with WithSet: it is written and cannot be read");

    [Fact]
    public void KeysContainTheOwner_WhenItIsMissing_NamesTheQuery() =>
        CachedQueryRules.KeysContainTheOwner(Fixture).ShouldName(typeof(WithoutOwnerQuery), typeof(OwnerNotInKeyQuery));

    [Fact]
    public void KeysContainTheQuestion_WhenAParameterIsMissing_NamesTheQuery() =>
        CachedQueryRules.KeysContainTheQuestion(Fixture).ShouldName(typeof(OwnerNotInKeyQuery), typeof(LimitNotInKeyQuery), typeof(SetAndNotInKeyQuery));

    [Fact]
    public void KeysAreSteady_WhenOptionsAreInTheKeyOrThePolicyIsNew_NamesTheQuery() =>
        CachedQueryRules.KeysAreSteady(Fixture).ShouldName(typeof(OptionsInKeyQuery), typeof(PolicyACallQuery), typeof(WithoutOptionsQuery));
}
