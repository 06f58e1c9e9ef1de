using System.Reflection;
using NeuroLab.ArchitectureTests.Rules;
using NeuroLab.ArchitectureTests.Violations.ForDevelopment;
using NeuroLab.ArchitectureTests.Violations.ForDevelopment.Development;

namespace NeuroLab.ArchitectureTests;

/// <summary>What is for development alone is in no other build.</summary>
public sealed class DevelopmentTests
{
    private static readonly string Violations = Path.Combine(SourceRules.Root, "tests", "ArchitectureTests", "Violations");

    [Fact]
    public void Projects_WithFoldersForDevelopment_LeaveThemOut() => Projects().SelectMany(DevelopmentRules.DevelopmentIsLeftOut).ShouldBeNone();

    [Fact]
    public void Projects_WithFoldersForDevelopment_AreFound() => Projects().Select(Path.GetFileName).Should().BeEquivalentTo("Infrastructure.csproj", "WebApi.csproj");

    [Fact]
    public void Product_UnlessItIsBuiltForDebugging_HasNothingForDevelopment()
    {
        var offences = Subject.Product.SelectMany(DevelopmentRules.HaveNothingForDevelopment).ToList();
        if (IsDebug(Subject.WebApi.Assembly))
        {
            offences.Select(offence => offence.Offender).Should().Contain(["NeuroLab.Infrastructure.Development.FaultSwitches", "NeuroLab.WebApi.Development.FaultEndpoints"]);
        }
        else
        {
            offences.ShouldBeNone();
        }
    }

    [Fact]
    public void Product_Always_IsBuiltInOneConfiguration() => Subject.Product.Select(subject => IsDebug(subject.Assembly)).Distinct().Should().ContainSingle();

    [Fact]
    public void DevelopmentIsLeftOut_WhenAProjectKeepsItOrPutsItBack_NamesTheProject()
    {
        DevelopmentRules.DevelopmentIsLeftOut(Path.Combine(Violations, "Domain.csproj.violation")).ShouldName("Domain.csproj.violation");
        var putsBack = DevelopmentRules.DevelopmentIsLeftOut(Path.Combine(Violations, "PutsBack.csproj.violation")).ToList();
        putsBack.ShouldName("PutsBack.csproj.violation");
        putsBack.Select(offence => offence.Found).Should().BeEquivalentTo("does not leave **/Development/** out", "puts Development/Switches.cs back");
    }

    [Fact]
    public void HaveNothingForDevelopment_WhenThereIsSomething_NamesTheType() =>
        DevelopmentRules.HaveNothingForDevelopment(Subject.Fixture("ForDevelopment")).ShouldName(typeof(StopsStores), typeof(MapsWhatStopsStores));

    /// <summary>The projects of the product in which there is source in such a folder.</summary>
    private static IEnumerable<string> Projects() =>
        from project in Directory.GetFiles(Path.Combine(SourceRules.Root, "src"), "*.csproj", SearchOption.AllDirectories)
        where SourceRules.Sources(Path.GetDirectoryName(project)!).Any(file => Path.GetDirectoryName(file)!.Split(Path.DirectorySeparatorChar).Contains("Development"))
        select project;

    private static bool IsDebug(Assembly assembly) => assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration == "Debug";
}
