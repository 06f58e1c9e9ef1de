namespace NeuroLab.IntegrationTests.Coverage;

/// <summary>
/// Every command is run through the pipeline, on a real database, between two rounds of every cacheable query: where it writes a table that a query reads, of the same owner, what it
/// invalidates has to match the query's key. Nobody keeps a list: requests and their samples are found by their types, and the tables are those that are seen to be used.
/// </summary>
public abstract class InvalidationCoverage(CoverageRuns coverage)
{
    protected CoverageRuns Coverage { get; } = coverage;

    [Fact]
    public void Invalidations_OfEveryCommand_CoverWhatReadsItsTables() => Coverage.Runs.SelectMany(CoverageCheck.GapsOf).ShouldBeNone();

    [Fact]
    public void Invalidations_WhenAnyOneIsLeftOut_AreMissed()
    {
        foreach (var run in Coverage.Runs)
        {
            foreach (var one in run.Invalidations)
            {
                CoverageCheck.GapsOf(run, [.. run.Invalidations.Where(other => other != one)]).Should().NotBeEmpty(
                    "without {1} something must be missed of {0}; else it invalidates nothing that {0} writes: take it out, or say in the sample's AlwaysInvalidated what it is for",
                    run.Command.Name,
                    one.Text);
            }
        }
    }

    [Fact]
    public void Answers_AfterEveryCommand_ComeFromTheOriginWhereItWroteWhatTheyRead()
    {
        var affected = Coverage.Runs.SelectMany(run => run.Queries.Where(query => query.Reads.Intersect(run.Writes).Any())).ToList();

        affected.Select(query => query.Query).Distinct().Should().BeEquivalentTo(RequestSamples.Queries);
        affected.Should().OnlyContain(query => query.WasCached && !query.IsCached);
    }
}

/// <inheritdoc />
public sealed class InvalidationCoverageTests(CoverageRuns coverage) : InvalidationCoverage(coverage), IClassFixture<CoverageRuns>
{
    [Fact]
    public void Samples_OfEveryQueryAndCommand_AreThere() => Assert.True(
        !RequestSamples.MissingOf([.. RequestSamples.Queries, .. RequestSamples.Commands]).Any(),
        string.Join(Environment.NewLine, RequestSamples.MissingOf([.. RequestSamples.Queries, .. RequestSamples.Commands])));

    [Fact]
    public void Requests_Always_AreFound()
    {
        RequestSamples.Queries.Should().HaveCountGreaterThan(4);
        RequestSamples.Commands.Should().HaveCountGreaterThan(11);
        Coverage.Runs.Should().HaveCountGreaterThanOrEqualTo(RequestSamples.Commands.Count);
    }
}

/// <inheritdoc />
public sealed class InvalidationCoverageOnPostgresTests(PostgresCoverageRuns coverage) : InvalidationCoverage(coverage), IClassFixture<PostgresCoverageRuns>;

internal static class GapAssertions
{
    /// <summary>Nothing is left in the cache.</summary>
    public static void ShouldBeNone(this IEnumerable<Gap> gaps)
    {
        var sentences = gaps.Select(gap => gap.Sentence).Distinct().ToList();
        Assert.True(sentences.Count == 0, Environment.NewLine + string.Join(Environment.NewLine, sentences));
    }
}
