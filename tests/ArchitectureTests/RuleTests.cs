using System.Reflection;
using NeuroLab.ArchitectureTests.Rules;

namespace NeuroLab.ArchitectureTests;

/// <summary>The rules themselves: each is seen to fail, and its messages lead somewhere.</summary>
public sealed class RuleTests
{
    private static readonly Type[] Tests = typeof(RuleTests).Assembly.GetTypes().Where(type => type.IsPublic && type.Name.EndsWith("Tests", StringComparison.Ordinal)).ToArray();

    /// <summary>The tests of a rule are found by their names: <c>Rule_WhenItIsBroken_NamesTheType</c>.</summary>
    [Fact]
    public void Rules_Always_HaveATestInWhichTheyAreBroken() =>
        MethodsOfRules().Select(rule => rule.Name).Should().OnlyContain(rule => Tests.SelectMany(type => type.GetMethods()).Any(test => test.Name.StartsWith($"{rule}_When", StringComparison.Ordinal)));

    [Fact]
    public void Rules_Always_AreFound() => MethodsOfRules().Should().HaveCountGreaterThan(20);

    [Theory]
    [InlineData(typeof(NeuroLab.Application.Experiments.RenameExperiment), "src/Application/Experiments/RenameExperiment/RenameExperiment.cs")]
    [InlineData(typeof(NeuroLab.Application.Abstractions.Messaging.InvalidatesNothingAttribute), "src/Application/Abstractions/Messaging/IInvalidatesCache.cs")]
    [InlineData(typeof(NeuroLab.Application.Abstractions.Messaging.ICacheableQuery<>), "src/Application/Abstractions/Messaging/ICacheableQuery.cs")]
    [InlineData(typeof(NeuroLab.Infrastructure.Caching.CacheOptions), "src/Infrastructure/Caching/CacheOptions.cs")]
    [InlineData(typeof(Program), "src/WebApi/Program.cs")]
    [InlineData(typeof(Violations.Code.ReadsTheClockInALambda), "tests/ArchitectureTests/Violations/Code.cs")]
    [InlineData(typeof(string), null)]
    public void Of_OfAType_IsItsFile(Type type, string? file) => SourceFiles.Of(type.FullName!).Should().Be(file);

    private static IEnumerable<MethodInfo> MethodsOfRules() =>
        from type in typeof(Rule).Assembly.GetTypes()
        where type.Namespace == typeof(Rule).Namespace && type.Name.EndsWith("Rules", StringComparison.Ordinal)
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
        where method.ReturnType == typeof(IEnumerable<Offence>)
        select method;
}
