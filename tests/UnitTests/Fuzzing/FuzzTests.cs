using NeuroLab.WebApi.Endpoints;
using Xunit.Abstractions;

namespace NeuroLab.UnitTests.Fuzzing;

/// <summary>Alone: what an input takes is measured.</summary>
[CollectionDefinition(nameof(FuzzTests), DisableParallelization = true)]
public sealed class FuzzCollection;

/// <summary>
/// Whatever comes from outside is read, or refused as it is written down: without a crash, in time, and with memory in proportion to what is there. A seed is a run; docs/fuzzing.md says how one,
/// or one input, is run again.
/// </summary>
[Collection(nameof(FuzzTests))]
public sealed class FuzzTests(ITestOutputHelper output)
{
    [Fact]
    public void RedisValue_WhateverTheBytes_IsItselfOrAMiss() => Run(new RedisValueTarget(), leastOutcomes: 100);

    [Fact]
    public void Glob_WhateverThePatterns_MatchesAsDefined() => Run(new GlobTarget(), leastOutcomes: 60);

    [Fact]
    public void ConsistencyToken_WhateverTheText_IsItselfOrNone() => Run(new TokenTarget(), leastOutcomes: 30);

    [Fact]
    public void EntityTag_WhateverTheHeader_MatchesItselfAlone() => Run(new EntityTagTarget(), leastOutcomes: 4);

    [Fact]
    public void JsonBody_WhateverTheBody_IsReadStrictlyOrRefused() => Run(new BodyTarget(), leastOutcomes: 30);

    [Fact]
    public void SmallReaders_WhateverTheText_ReadOrRefuse() => Run(new SmallReadersTarget(), leastOutcomes: 45);

    [Fact]
    public void BodyTarget_KnowsEveryBody() =>
        BodyTarget.Kinds.Select(kind => kind.Type).Should().BeEquivalentTo(
            typeof(CacheEndpoints).Assembly.GetTypes().Where(type => type.Namespace == typeof(CacheEndpoints).Namespace && type.Name.EndsWith("Body", StringComparison.Ordinal)));

    private void Run(FuzzTarget target, int leastOutcomes)
    {
        if (FuzzSettings.Input is { } input)
        {
            Fuzzer.Replay(target, FuzzSettings.Limits, input);
            return;
        }

        output.WriteLine($"{FuzzSettings.SeedVariable}={FuzzSettings.Seed}");
        var report = Fuzzer.Run(target, FuzzSettings.Limits, FuzzSettings.Seed);

        output.WriteLine(report.ToString());
        report.Inputs.Should().BeGreaterThanOrEqualTo(1_000_000);
        report.Outcomes.Should().BeGreaterThanOrEqualTo(leastOutcomes, "inputs have to get past the first check");
    }
}
