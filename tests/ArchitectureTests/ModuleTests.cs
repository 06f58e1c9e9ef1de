using NeuroLab.ArchitectureTests.Rules;
using NeuroLab.ArchitectureTests.Violations.Modules.Billing;

namespace NeuroLab.ArchitectureTests;

/// <summary>The modules of Domain and Application: whatever namespaces there are.</summary>
public sealed class ModuleTests
{
    private const string FixtureRoot = "NeuroLab.ArchitectureTests.Violations.Modules";

    private static readonly (Subject, string)[] Roots = [(Subject.Domain, "NeuroLab.Domain"), (Subject.Application, "NeuroLab.Application")];

    /// <summary>Not modules: what every module may use.</summary>
    private static readonly string[] Shared = ["Abstractions", "Common", "Behaviours"];

    /// <summary>Who may know whom, and why.</summary>
    private static readonly HashSet<(string From, string To)> Allowed =
    [
        ("Dashboard", "Experiments"), // A dashboard is a view of experiments: it speaks of their types, states and metrics.
        ("CacheAdministration", "Accounts"), // Whose pages are warmed is said by the e-mail address or the id of an account.
    ];

    [Fact]
    public void Modules_Always_StayApart() => DependencyRules.ModulesStayApart(Roots, Shared, Allowed).ShouldBeNone();

    [Fact]
    public void ModulesOf_Always_DiscoversThem() =>
        DependencyRules.ModulesOf(Subject.Domain, "NeuroLab.Domain").Should().Contain(["Accounts", "Experiments"]);

    [Fact]
    public void ModulesStayApart_WhenOneUsesAnother_NamesTheType() =>
        DependencyRules.ModulesStayApart([(Subject.Fixture("Modules"), FixtureRoot)], ["Shared"], new HashSet<(string, string)>())
            .ShouldName(typeof(UsesWhatIsPublic), typeof(UsesWhatIsInternal));

    [Fact]
    public void ModulesStayApart_WhenTheDirectionIsAllowed_NamesOnlyTheUserOfInternals() =>
        DependencyRules.ModulesStayApart([(Subject.Fixture("Modules"), FixtureRoot)], ["Shared"], new HashSet<(string, string)> { ("Billing", "Orders") })
            .ShouldName(typeof(UsesWhatIsInternal));
}
