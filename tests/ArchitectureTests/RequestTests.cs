using NeuroLab.ArchitectureTests.Rules;
using NeuroLab.ArchitectureTests.Violations.Requests.Bad;
using NeuroLab.ArchitectureTests.Violations.Requests.Bad.Broken;
using NeuroLab.ArchitectureTests.Violations.Requests.Bad.Elsewhere;

namespace NeuroLab.ArchitectureTests;

/// <summary>Commands, queries and what handles them.</summary>
public sealed class RequestTests
{
    private static readonly Subject Fixture = Subject.Fixture("Requests");

    [Fact]
    public void Workers_Always_AreInternalAndSealed() => RequestRules.WorkersAreInternalSealed(Subject.Application).ShouldBeNone();

    [Fact]
    public void Requests_Always_HaveOneHandler() => RequestRules.RequestsHaveOneHandler(Subject.Application).ShouldBeNone();

    [Fact]
    public void Requests_Always_AreOfOneKindAndNoCommandIsCached() => RequestRules.RequestsAreOfOneKind(Subject.Application).ShouldBeNone();

    [Fact]
    public void Requests_Always_AreNamedByTheirKind() => RequestRules.RequestsAreNamedByKind(Subject.Application).ShouldBeNone();

    [Fact]
    public void UseCases_Always_StandInOneFolder() => RequestRules.UseCasesStandTogether(Subject.Application, "NeuroLab.Application").ShouldBeNone();

    [Fact]
    public void Commands_Always_SayWhatTheyInvalidate() => RequestRules.CommandsDeclareInvalidations(Subject.Application).ShouldBeNone();

    [Fact]
    public void WorkersAreInternalSealed_WhenOneIsNot_NamesIt() =>
        RequestRules.WorkersAreInternalSealed(Fixture).ShouldName(typeof(NotHiddenHandler), typeof(NotSealedValidator));

    [Fact]
    public void RequestsHaveOneHandler_WhenThereIsNoneOrTwo_NamesTheRequest() =>
        RequestRules.RequestsHaveOneHandler(Fixture).ShouldName(typeof(WithoutHandlerQuery), typeof(WithTwoHandlersQuery));

    [Fact]
    public void RequestsAreOfOneKind_WhenACommandIsCachedOrAMarkerIsMissing_NamesTheRequest() =>
        RequestRules.RequestsAreOfOneKind(Fixture).ShouldName(typeof(CachedCommand), typeof(PlainQuery));

    [Fact]
    public void RequestsAreNamedByKind_WhenACommandIsCalledQuery_NamesIt() =>
        RequestRules.RequestsAreNamedByKind(Fixture).ShouldName(typeof(NamedLikeAQuery));

    [Fact]
    public void UseCasesStandTogether_WhenPartsAreApart_NamesThem() =>
        RequestRules.UseCasesStandTogether(Fixture, "NeuroLab.ArchitectureTests.Violations.Requests").ShouldName(typeof(OutsideAUseCaseQuery), typeof(FarHandler));

    [Fact]
    public void CommandsDeclareInvalidations_WhenOneIsSilentOrSaysBothOrGivesNoReason_NamesIt() =>
        RequestRules.CommandsDeclareInvalidations(Fixture).ShouldName(typeof(SilentCommand), typeof(TwoTonguedCommand), typeof(WithoutReasonCommand));
}
