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
        CoverageCheck.SuperfluousIn(Coverage.Runs).ShouldBeNone();
        foreach (var (run, one) in Coverage.Runs.SelectMany(run => run.Invalidations.Select(one => (run, one))))
        {
            var gaps = CoverageCheck.GapsOf(run, [.. run.Invalidations.Where(other => other != one)]).ToList();

            gaps.Should().AllSatisfy(gap => gap.Sentence.Should().StartWith(run.Command.Name));
            gaps.Should().AllSatisfy(gap => gap.Keys.Should().Contain(key => CoverageCheck.Matches(one, key), "what is missed is what {0} matches", one.Text));
        }
    }

    [Fact]
    public void Writes_OfCommands_AreSeenThroughCascadesAndWhereNoRowChanged()
    {
        TablesOf(typeof(RenameExperiment)).Should().BeEquivalentTo("experiments");
        TablesOf(typeof(DeleteAccount)).Should().Contain(["users", "experiments", "results"], "what goes with the account goes by cascades, of which no statement speaks");
        TablesOf(typeof(SignIn)).Should().BeEquivalentTo(["users", "refresh_tokens"], "the password's hash is written as it was");
        Coverage.Runs.SelectMany(run => run.Writes).Should().OnlyContain(
            write => write.Owner != null || write.Table == "audit_log" || write.Table == "service_keys",
            "whose rows they were is seen by the column user_id or by a foreign key to rows that have it: give the table one, or, where its rows are nobody's, name it here");

        IEnumerable<string> TablesOf(Type command) => Coverage.Runs.Where(run => run.Command == command).SelectMany(run => run.Writes).Select(write => write.Table).Distinct();
    }

    [Fact]
    public void Answers_AfterEveryCommand_ComeFromTheOriginWhereItWroteWhatTheyRead()
    {
        var affected = Coverage.Runs.SelectMany(CoverageCheck.AffectedIn).ToList();

        affected.Should().NotBeEmpty();
        CoverageCheck.UntriedIn(Coverage.Runs).ShouldBeNone();
        affected.Where(query => !query.WasCached || query.IsCached).Select(query => query.Query).Distinct().Should().BeEmpty(
            "what was cached before a command is not answered as fresh after it: let the command's invalidation match it, or the query's sample ask for what is there");
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
