using NeuroLab.ArchitectureTests.Rules;
using NeuroLab.ArchitectureTests.Violations.Requests.Broken;
using NeuroLab.ArchitectureTests.Violations.Requests.Broken.Deeper;

namespace NeuroLab.ArchitectureTests;

/// <summary>Commands, queries and what handles them.</summary>
public sealed class RequestTests
{
    private const string FixtureRoot = "NeuroLab.ArchitectureTests.Violations.Requests";
    private static readonly Subject Fixture = Subject.Fixture("Requests");

    [Fact]
    public void Workers_Always_AreInternalAndSealed() => RequestRules.WorkersAreInternalSealed(Subject.Application).ShouldBeNone();

    [Fact]
    public void Requests_Always_HaveOneHandler() => RequestRules.RequestsHaveOneHandler(Subject.Application).ShouldBeNone();

    [Fact]
    public void Requests_Always_AreOfOneKindAndNoCommandIsCached() => RequestRules.RequestsAreOfOneKind(Subject.Application).ShouldBeNone();

    [Fact]
    public void Requests_Always_AreNamedByTheirUseCase() => RequestRules.RequestsAreNamedByUseCase(Subject.Application, "NeuroLab.Application").ShouldBeNone();

    [Fact]
    public void UseCases_Always_StandInOneFolder() =>
        RequestRules.UseCasesAreFolders(Subject.Application, "NeuroLab.Application", Path.Combine(SourceRules.Root, "src", "Application")).ShouldBeNone();

    [Fact]
    public void Commands_Always_SayWhatTheyInvalidate() => RequestRules.CommandsDeclareInvalidations(Subject.Application).ShouldBeNone();

    [Fact]
    public void WorkersAreInternalSealed_WhenOneIsNot_NamesIt() =>
        RequestRules.WorkersAreInternalSealed(Fixture).ShouldName(typeof(WithTwoHandlersHandler), typeof(NotSealed));

    [Fact]
    public void RequestsHaveOneHandler_WhenThereIsNoneOrTwo_NamesTheRequest() =>
        RequestRules.RequestsHaveOneHandler(Fixture).ShouldName(typeof(WithoutHandler), typeof(WithTwoHandlers));

    [Fact]
    public void RequestsAreOfOneKind_WhenACommandIsCachedOrAMarkerIsMissing_NamesTheRequest() =>
        RequestRules.RequestsAreOfOneKind(Fixture).ShouldName(typeof(CachedAndCommanded), typeof(Plain));

    [Fact]
    public void RequestsAreNamedByUseCase_WhenTheNamesDoNotLeadToEachOther_NamesTheType() =>
        RequestRules.RequestsAreNamedByUseCase(Fixture, FixtureRoot).ShouldName(
            typeof(SuffixedCommand), typeof(NotARecord), typeof(SecondHandler), typeof(NotSealed), typeof(OutsideItsModule), typeof(FarHandler));

    [Fact]
    public void UseCasesAreFolders_WhenPartsAreElsewhere_NamesThem() =>
        RequestRules.UseCasesAreFolders(
                Subject.Fixture("UseCases"),
                "NeuroLab.ArchitectureTests.Violations.UseCases",
                Path.Combine(SourceRules.Root, "tests", "ArchitectureTests", "Violations", "UseCases"))
            .ShouldName(typeof(Violations.UseCases.Shop.Buy), typeof(Violations.UseCases.Shop.BuyHandler), typeof(Violations.UseCases.Shop.SellValidator));

    [Fact]
    public void CommandsDeclareInvalidations_WhenOneIsSilentOrSaysBothOrGivesNoReason_NamesIt() =>
        RequestRules.CommandsDeclareInvalidations(Fixture).ShouldName(typeof(Silent), typeof(TwoTongued), typeof(WithoutReason));
}
