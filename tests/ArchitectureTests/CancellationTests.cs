using NeuroLab.ArchitectureTests.Rules;
using NeuroLab.ArchitectureTests.Violations.Cancellation;

namespace NeuroLab.ArchitectureTests;

/// <summary>Tokens are passed on.</summary>
public sealed class CancellationTests
{
    private static readonly Subject Fixture = Subject.Fixture("Cancellation");

    [Fact]
    public void Tokens_Always_AreUsed() => Subject.Product.SelectMany(CancellationRules.TokensAreUsed).ShouldBeNone();

    [Fact]
    public void Tokens_Always_AreTheCallers() => Subject.Product.SelectMany(CancellationRules.TokensAreNotDefault).ShouldBeNone();

    [Fact]
    public void TokensAreUsed_WhenOneIsForgotten_NamesTheType() =>
        CancellationRules.TokensAreUsed(Fixture).ShouldName(typeof(ForgetsItsToken), typeof(ForgetsItsTokenInAnAsyncMethod), typeof(ForgetsItsTokenInALambda));

    [Fact]
    public void TokensAreNotDefault_WhenOneIsLeftOut_NamesTheType() =>
        CancellationRules.TokensAreNotDefault(Fixture).ShouldName(typeof(LeavesItsTokenOut), typeof(PassesDefaultInAnAsyncMethod));
}
