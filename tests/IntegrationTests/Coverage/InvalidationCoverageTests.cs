using NeuroLab.Application.Accounts;
using NeuroLab.Application.Experiments;

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
        foreach (var (run, one) in Coverage.Runs.SelectMany(run => run.Invalidations.Select(one => (run, one))))
        {
            var gaps = CoverageCheck.GapsOf(run, [.. run.Invalidations.Where(other => other != one)]).ToList();

            gaps.Should().NotBeEmpty(
                "{1} must be missed of {0}; else it invalidates nothing that {0} writes: take it out, or say in AlwaysInvalidated of the sample what it is for", run.Command.Name, one.Text);
            gaps.Should().OnlyContain(gap => gap.Sentence.StartsWith(run.Command.Name, StringComparison.Ordinal));
            gaps.Should().OnlyContain(gap => gap.Keys.Any(key => CoverageCheck.Matches(one, key, gap.Tags)), "what is missed is what {0} matches", one.Text);
        }
    }

    [Fact]
    public void Writes_OfCommands_AreSeenThroughCascadesAndWhereNoRowChanged()
    {
        TablesOf(typeof(RenameExperiment)).Should().BeEquivalentTo("experiments");
        TablesOf(typeof(DeleteAccount)).Should().Contain(["users", "experiments", "results"], "what goes with the account goes by cascades, of which no statement speaks");
        TablesOf(typeof(SignIn)).Should().BeEquivalentTo(["users", "refresh_tokens"], "the password's hash is written as it was");
        Coverage.Runs.SelectMany(run => run.Writes).Should().OnlyContain(
            write => write.Owner != null || write.Table == "audit_log" || write.Table == "service_keys", "whose rows they were is seen");

        IEnumerable<string> TablesOf(Type command) => Coverage.Runs.Single(run => run.Command == command).Writes.Select(write => write.Table).Distinct();
    }

    [Fact]
    public void Answers_AfterEveryCommand_ComeFromTheOriginWhereItWroteWhatTheyRead()
    {
        var affected = Coverage.Runs.SelectMany(run => run.Queries.Where(query => query.Reads.Intersect(run.Writes).Any())).ToList();

        affected.Select(query => query.Query).Distinct().Should().BeEquivalentTo(RequestSamples.Queries);
        affected.Where(query => !query.WasCached || query.IsCached).Select(query => query.Query).Should().BeEmpty();
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
        Coverage.Runs.Select(run => run.Command).Should().Contain(RequestSamples.Commands);
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
