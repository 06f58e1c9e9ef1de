using NeuroLab.ArchitectureTests.Rules;
using NeuroLab.ArchitectureTests.Violations.Adapters;
using NeuroLab.ArchitectureTests.Violations.Code;

namespace NeuroLab.ArchitectureTests;

/// <summary>What the code calls, how adapters are made, what files look like.</summary>
public sealed class CodeTests
{
    private static readonly Subject Fixture = Subject.Fixture("Code");

    [Fact]
    public void Code_Always_TakesTheTimeFromATimeProvider() => Subject.Product.SelectMany(CodeRules.ReadNoClock).ShouldBeNone();

    [Fact]
    public void Code_Always_WaitsWithoutBlocking() => Subject.Product.SelectMany(CodeRules.BlockNoThread).ShouldBeNone();

    [Fact]
    public void Code_Always_CanBeAwaited() => Subject.Product.SelectMany(CodeRules.HaveNoAsyncVoid).ShouldBeNone();

    [Fact]
    public void Adapters_Always_AreInternalAndSealed() =>
        AdapterRules.AdaptersAreInternalSealed(Subject.Infrastructure, Subject.Application.Assembly).ShouldBeNone();

    [Fact]
    public void LogMessages_Always_HaveAnEventIdOfTheirOwn() => AdapterRules.EventIdsAreUnique(Subject.Product).ShouldBeNone();

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    public void SourceFiles_Always_AreShort(string folder) => SourceRules.FilesAreShort(Path.Combine(SourceRules.Root, folder)).ShouldBeNone();

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    public void Tests_Always_RunAll(string folder) => SourceRules.TestsAreNotSkipped(Path.Combine(SourceRules.Root, folder)).ShouldBeNone();

    [Fact]
    public void ReadNoClock_WhenTheMachinesClockIsRead_NamesTheType() =>
        CodeRules.ReadNoClock(Fixture).ShouldName(typeof(ReadsTheClock), typeof(ReadsTheClockInALambda));

    [Fact]
    public void BlockNoThread_WhenAThreadIsBlocked_NamesTheType() => CodeRules.BlockNoThread(Fixture).ShouldName(typeof(Sleeps), typeof(BlocksOnATask));

    [Fact]
    public void HaveNoAsyncVoid_WhenThereIsOne_NamesTheType() =>
        CodeRules.HaveNoAsyncVoid(Fixture).ShouldName(typeof(FiresAndForgets), typeof(FiresAndForgetsInALambda));

    [Fact]
    public void AdaptersAreInternalSealed_WhenOneIsNot_NamesIt() =>
        AdapterRules.AdaptersAreInternalSealed(Subject.Fixture("Adapters"), Subject.Application.Assembly).ShouldName(typeof(PublicAdapter), typeof(OpenAdapter));

    [Fact]
    public void EventIdsAreUnique_WhenTwoMessagesShareOne_NamesBothTypes() =>
        AdapterRules.EventIdsAreUnique([Subject.Fixture("Messages")])
            .ShouldName("NeuroLab.ArchitectureTests.Violations.Messages.FirstLog", "NeuroLab.ArchitectureTests.Violations.Messages.SecondLog");

    [Fact]
    public void FilesAreShort_WhenOneIsTooLong_NamesIt() => InAFolder(folder =>
    {
        File.WriteAllLines(Path.Combine(folder, "TooLong.cs"), Enumerable.Repeat("// a line", SourceRules.MaxLines + 1));
        File.WriteAllLines(Path.Combine(folder, "LongEnough.cs"), Enumerable.Repeat("// a line", SourceRules.MaxLines));
        SourceRules.FilesAreShort(folder).ShouldName("TooLong.cs");
    });

    [Fact]
    public void TestsAreNotSkipped_WhenOneIs_NamesTheFile() => InAFolder(folder =>
    {
        File.WriteAllText(Path.Combine(folder, "SkipsOne.cs"), "[" + "Fact(Skip = \"later\")]");
        File.WriteAllText(Path.Combine(folder, "SkipsNone.cs"), "[Fact] // rows.Skip(1)");
        SourceRules.TestsAreNotSkipped(folder).ShouldName("SkipsOne.cs");
    });

    private static void InAFolder(Action<string> check)
    {
        var folder = Directory.CreateTempSubdirectory("neurolab-rules-");
        try
        {
            check(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
