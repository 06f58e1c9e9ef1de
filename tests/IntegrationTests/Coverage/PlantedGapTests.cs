using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Dashboard;
using NeuroLab.Application.Experiments;

namespace NeuroLab.IntegrationTests.Coverage;

/// <summary>The coverage test is seen to find gaps: commands and queries of these tests leave some on purpose.</summary>
public sealed class PlantedGapTests(PlantedGapTests.Sqlite sqlite) : IClassFixture<PlantedGapTests.Sqlite>
{
    private readonly CoverageWorld _world = sqlite.World;

    [Fact]
    public async Task GapsOf_WhenEverythingIsInvalidated_AreNone() =>
        CoverageCheck.GapsOf(await RenameAsync(user => [Owned("dashboard", user), Owned("experiments", user)])).Should().BeEmpty();

    [Fact]
    public async Task GapsOf_WhenAnAreaIsForgotten_NameEachQueryOfIt()
    {
        var gaps = CoverageCheck.GapsOf(await RenameAsync(user => [Owned("experiments", user)])).ToList();

        gaps.Select(gap => gap.Query).Distinct().Should().BeEquivalentTo([typeof(GetDashboardSummary), typeof(GetDashboardRecent), typeof(GetDashboardCharts)]);
        gaps.Select(gap => gap.Sentence).Should().Contain(sentence => sentence.StartsWith(
            "PlantedRename writes experiments, which GetDashboardRecent reads, but its invalidation does not match dashboard:{user}:recent:*.", StringComparison.Ordinal));

        // Not only by the tables: the answer was seen to be wrong.
        gaps.Select(gap => gap.Sentence).Should().Contain(sentence => sentence.StartsWith("After PlantedRename, GetDashboardRecent was answered from the cache", StringComparison.Ordinal));
    }

    [Fact]
    public async Task GapsOf_WhenOneQueryIsForgotten_NameItAlone() =>
        CoverageCheck.GapsOf(await RenameAsync(user =>
            [Owned("experiments", user), Glob($"dashboard:{user:D}:summary"), Glob($"dashboard:{user:D}:charts:*")]))
            .Select(gap => gap.Query).Distinct().Should().Equal(typeof(GetDashboardRecent));

    [Fact]
    public async Task GapsOf_WhenOnlyTheUsualParametersAreThoughtOf_NameTheQuery()
    {
        var someone = await _world.AddUserAsync();
        var usual = RequestSamples.Of([typeof(GetDashboardRecent)]).Select(one => (GetDashboardRecent)one.Sample.CreateRequest(someone)).ToList();

        CoverageCheck.GapsOf(await RenameAsync(user =>
        [
            Owned("experiments", user), Glob($"dashboard:{user:D}:summary"), Glob($"dashboard:{user:D}:charts:*"),
            .. usual.Select(query => Invalidation.OfPattern(CachePattern.Exact((query with { UserId = user }).Key))),
        ])).Select(gap => gap.Query).Distinct().Should().Equal(typeof(GetDashboardRecent));
    }

    [Fact]
    public async Task GapsOf_WhenSilenceIsDeclared_SayThatTheReasonIsNotTrue() =>
        CoverageCheck.GapsOf(await CommandRun.OfAsync(_world, new MadeUpSample(user => new PlantedSilence(user.Id, user.ExperimentId)), Known()))
            .Select(gap => gap.Sentence).Should().Contain(sentence => sentence.StartsWith(
                "PlantedSilence writes experiments, which ListExperiments reads, but it says [InvalidatesNothing(\"It writes nothing that is cached.\")], which is not true: "
                + "nothing matches experiments:{user}:list:*.",
                StringComparison.Ordinal));

    [Fact]
    public async Task GapsOf_WhenAnothersRowsAreWritten_NameTheQueriesOfTheOther()
    {
        var other = await _world.AddUserAsync();
        var query = new MadeUpSample(_ => new GetExperiment(other.Id, other.ExperimentId));

        // The sender invalidates its own, and writes what is another's.
        (await GapsAsync(sender => sender)).Should().Contain(sentence => sentence.StartsWith("PlantedRename writes experiments, which GetExperiment reads", StringComparison.Ordinal));
        (await GapsAsync(_ => other.Id)).Should().NotContain(sentence => sentence.StartsWith("PlantedRename writes", StringComparison.Ordinal));

        async Task<IEnumerable<string>> GapsAsync(Func<Guid, Guid> invalidated) => CoverageCheck.GapsOf(await CommandRun.OfAsync(
            _world, new MadeUpSample(user => new PlantedRename(other.Id, other.ExperimentId, [Owned("experiments", invalidated(user.Id))])), [query])).Select(gap => gap.Sentence);
    }

    [Fact]
    public async Task GapsOf_WhenAQueryReadsEverybodysRows_NameItForEveryUser()
    {
        var total = new MadeUpSample(user => new PlantedTotal(user.Id));

        var gaps = CoverageCheck.GapsOf(await RenameAsync(user => [Glob($"planted:{user:D}:*")], total)).ToList();
        var covered = CoverageCheck.GapsOf(await RenameAsync(_ => [Invalidation.OfTag("planted-totals")], total));

        gaps.Select(gap => gap.Sentence).Should().ContainSingle().Which.Should().StartWith(
            "PlantedRename writes experiments, which PlantedTotal of another user reads, but its invalidation does not match planted:{user}:total.");
        covered.Should().BeEmpty();
    }

    [Fact]
    public async Task GapsOf_WhenAQueryReadsEverybodyElsesRows_NameItForTheOthers()
    {
        var others = new MadeUpSample(user => new PlantedOthers(user.Id));

        CoverageCheck.GapsOf(await RenameAsync(user => [Glob($"planted:{user:D}:*")], others)).Select(gap => gap.Sentence).Should().ContainSingle().Which.Should().StartWith(
            "PlantedRename writes experiments, which PlantedOthers of another user reads, but its invalidation does not match planted:{user}:others.");
    }

    [Fact]
    public async Task GapsOf_WhenATagDependsOnTheQuestion_AskForTheTagsOfAllQuestions()
    {
        var tagged = new MadeUpSample(user => new PlantedTagged(user.Id, "memory"));

        CoverageCheck.GapsOf(await RenameAsync(_ => [Invalidation.OfTag("planted-memory")], tagged)).Select(gap => gap.Query).Should().Equal(typeof(PlantedTagged));
    }

    [Fact]
    public async Task GapsOf_WhenTwoSamplesAskTheSame_SeeWhatEachReadsAndIsAnswered()
    {
        var total = new MadeUpSample(user => new PlantedTotal(user.Id));

        var run = await RenameAsync(_ => [Invalidation.OfTag("planted-totals")], total, total);

        CoverageCheck.GapsOf(run).Should().BeEmpty();
        run.Queries.Should().OnlyContain(query => query.WasCached && !query.IsCached);
    }

    [Fact]
    public async Task SuperfluousIn_WhenAnInvalidationIsNeededWithOneSampleAlone_AreNone()
    {
        var one = await BothAsync(new MadeUpSample(user => new GetDashboardSummary(user.Id)));
        var another = await BothAsync(new MadeUpSample(user => new GetExperiment(user.Id, user.ExperimentId)));

        CoverageCheck.SuperfluousIn([one]).Should().ContainSingle().Which.Sentence.Should().StartWith("PlantedRename invalidates experiments:{user}:*, and nothing that it writes");
        CoverageCheck.SuperfluousIn([one, another]).Should().BeEmpty();

        Task<CommandRun> BothAsync(IRequestSample query) => RenameAsync(user => [Owned("dashboard", user), Owned("experiments", user)], query);
    }

    [Fact]
    public async Task AffectedIn_WhenAQueryReadsEverybodysRows_HoldItForEveryUser()
    {
        var run = await RenameAsync(_ => [Invalidation.OfTag("planted-totals")], new MadeUpSample(user => new PlantedTotal(user.Id)));

        CoverageCheck.AffectedIn(run).Select(query => query.IsNeighbours).Should().BeEquivalentTo([false, true]);
    }

    [Fact]
    public async Task UntriedIn_WhenAQueryIsAskedForAnothersRowsAlone_NameIt()
    {
        var other = await _world.AddUserAsync();
        var run = await RenameAsync(user => [Owned("experiments", user)], new MadeUpSample(_ => new GetExperiment(other.Id, other.ExperimentId)));

        CoverageCheck.UntriedIn([run]).Should().ContainSingle().Which.Sentence.Should().StartWith("GetExperiment reads experiments, which commands write, but never rows of the user who sent one");
    }

    [Fact]
    public async Task UntriedIn_WhenNoCommandWritesWhatAQueryReads_AreNone()
    {
        var run = await RenameAsync(user => [Owned("dashboard", user)], new MadeUpSample(user => new PlantedAccounts(user.Id)));

        CoverageCheck.AffectedIn(run).Should().BeEmpty();
        CoverageCheck.UntriedIn([run]).Should().BeEmpty();
    }

    [Fact]
    public async Task GapsOf_WhenAQueryReadsNothingThatIsSeen_SayThatNothingCanBeTold() =>
        CoverageCheck.GapsOf(await RenameAsync(user => [Owned("planted", user)], new MadeUpSample(user => new PlantedRiddle(user.Id))))
            .Should().Contain(gap => gap.Sentence.StartsWith("PlantedRiddle read no table that was seen", StringComparison.Ordinal));

    [Fact]
    public async Task GapsOf_WhenACommandWritesNothing_AskForAnotherSample() =>
        CoverageCheck.GapsOf(await CommandRun.OfAsync(_world, new MadeUpSample(_ => new PlantedIdleness()), []))
            .Should().ContainSingle().Which.Sentence.Should().StartWith("PlantedIdleness wrote nothing");

    [Fact]
    public void MissingOf_WhenARequestHasNoSample_SaysWhatToWriteAndWhere() =>
        RequestSamples.MissingOf([typeof(PlantedTotal), typeof(GetExperiment)]).Should().ContainSingle().Which.Should()
            .StartWith("PlantedTotal has no sample input").And.Contain("/PlantedTotal/PlantedTotal.Sample.cs")
            .And.Contain("IRequestSample<PlantedTotal>").And.Contain("=> new(user.Id);");

    private static Invalidation Owned(string area, Guid user) => Invalidation.OfPattern(CachePattern.Owned(area, user));

    private static Invalidation Glob(string glob) => Invalidation.OfPattern(CachePattern.Glob(glob));

    private Task<CommandRun> RenameAsync(Func<Guid, Invalidation[]> invalidations, params IRequestSample[] queries) => CommandRun.OfAsync(
        _world,
        new MadeUpSample(user => new PlantedRename(user.Id, user.ExperimentId, invalidations(user.Id))),
        queries.Length > 0 ? queries : Known());

    /// <summary>Queries that are here to stay: what is said of these holds whichever come after them.</summary>
    private static IEnumerable<IRequestSample> Known() => RequestSamples
        .Of([typeof(GetDashboardSummary), typeof(GetDashboardRecent), typeof(GetDashboardCharts), typeof(GetExperiment), typeof(ListExperiments)]).Select(one => one.Sample);

    /// <summary>A world for all of them: each run has users of its own.</summary>
    public sealed class Sqlite : IAsyncLifetime
    {
        internal CoverageWorld World { get; private set; } = null!;

        public async Task InitializeAsync() => World = await CoverageWorld.StartAsync();

        public async Task DisposeAsync() => await World.DisposeAsync();
    }
}
