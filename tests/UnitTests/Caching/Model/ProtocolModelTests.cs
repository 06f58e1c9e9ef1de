using System.Globalization;
using Xunit.Abstractions;

namespace NeuroLab.UnitTests.Caching.Model;

/// <summary>Alone: while the model runs, the thread pool has one worker.</summary>
[CollectionDefinition(nameof(ProtocolModelTests), DisableParallelization = true)]
public sealed class AloneCollection;

/// <summary>
/// The protocol as a model that is run against the real engine: random interleavings of reads, writes and faults on several nodes, and at each answer the
/// question whether it may be given. A seed is a run; this repeats one and prints it:
/// <c>NEUROLAB_MODEL_SEED=57 dotnet test tests/UnitTests --filter ProtocolModelTests.Run --logger "console;verbosity=detailed"</c>.
/// </summary>
[Collection(nameof(ProtocolModelTests))]
public sealed class ProtocolModelTests(ITestOutputHelper output)
{
    private const int Steps = 1200;

    /// <summary>A bug that so many runs do not find is taken for one that the model cannot find.</summary>
    private const int MostSeeds = 500;

    private static readonly int Runs = TestSize.Of(bounded: 350, full: 8000);

    private static readonly string[] MustOccur =
        ["Memory", "Redis", "Origin", "stale Unverified", "stale OriginTimeout", "stale OriginError", "stale OriginError invalidated", "stale CircuitOpen", "evicted"];

    /// <summary>Each bug, and the words of the check that has to find it.</summary>
    private static readonly Dictionary<PlantedBug, string> Found = new()
    {
        [PlantedBug.LeaseAfterLoad] = "I1",
        [PlantedBug.LeaseOfTheStore] = "I1",
        [PlantedBug.PositionFromIds] = "I1",
        [PlantedBug.TrustedFromReply] = "I1",
        [PlantedBug.NoTrustCheck] = "I1",
        [PlantedBug.JoinAnyFlight] = "I1",
        [PlantedBug.TokenIgnored] = "I1",
        [PlantedBug.SetWithoutLease] = "I1",
        [PlantedBug.ForceIgnored] = "I1",
        [PlantedBug.SoftTimeoutServesInvalidated] = "I4: a copy that a write has overtaken",
        [PlantedBug.PromotionWithoutAge] = "I4: past its time to live",
        [PlantedBug.StaleWindowIgnored] = "I4: stale past the stale window",
        [PlantedBug.StaleAgainstPolicy] = "I4: stale although",
        [PlantedBug.PartialAsComplete] = "I4: partial",
        [PlantedBug.FloorOmitted] = "I1",
        [PlantedBug.RetentionTooShort] = "I1",
        [PlantedBug.GlobNotMatched] = "I1",
        [PlantedBug.TagNotMatched] = "I1",
        [PlantedBug.PurgeServedAsStale] = "I4: a purged copy",
        [PlantedBug.NoSingleFlight] = "I2: load",
    };

    public static TheoryData<PlantedBug, ModelJournal> Planted()
    {
        var all = new TheoryData<PlantedBug, ModelJournal>();
        foreach (var bug in Enum.GetValues<PlantedBug>().Where(bug => bug != PlantedBug.None))
        {
            all.Add(bug, ModelJournal.Transactional);
            if (bug is not (PlantedBug.PositionFromIds or PlantedBug.FloorOmitted or PlantedBug.RetentionTooShort))
            {
                // In the process one writes at a time, a reading takes all there is, and it tells of what was trimmed: these cannot be.
                all.Add(bug, ModelJournal.InProcess);
            }
        }

        return all;
    }

    [Theory]
    [InlineData(ModelJournal.InProcess)]
    [InlineData(ModelJournal.Transactional)]
    public Task Run_WhenNothingIsPlanted_ViolatesNothing(ModelJournal journal) => SingleWorker.RunAsync(async () =>
    {
        var one = Environment.GetEnvironmentVariable("NEUROLAB_MODEL_SEED");
        var first = one is null ? 0 : int.Parse(one, CultureInfo.InvariantCulture);
        var answers = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var seed = first; seed < (one is null ? Runs : first + 1); seed++)
        {
            using var world = await RunAsync(seed, journal, PlantedBug.None);
            foreach (var (kind, count) in world.Oracle.Counts)
            {
                answers[kind] = answers.GetValueOrDefault(kind) + count;
            }

            if (one is not null)
            {
                output.WriteLine(world.Trace);
            }

            if (world.Oracle.Violation is { } violation)
            {
                Assert.Fail($"Seed {seed}: {violation}{Environment.NewLine}{world.Trace}");
            }
        }

        output.WriteLine($"{Runs} runs of {Steps} steps: {string.Join(", ", answers.Select(pair => $"{pair.Value} {pair.Key}"))}");
        if (one is null)
        {
            // Otherwise the model has come to leave something out.
            answers.Keys.Should().Contain(MustOccur);
        }
    });

    [Theory]
    [MemberData(nameof(Planted))]
    public Task Run_WhenABugIsPlanted_FindsIt(PlantedBug bug, ModelJournal journal) => SingleWorker.RunAsync(async () =>
    {
        for (var seed = 0; seed < MostSeeds; seed++)
        {
            using var world = await RunAsync(seed, journal, bug);
            if (world.Oracle.Violation is { } violation && violation.StartsWith(Found[bug], StringComparison.Ordinal))
            {
                output.WriteLine($"Seed {seed}: {violation}");
                return;
            }
        }

        Assert.Fail($"{bug} was not found in {MostSeeds} runs.");
    });

    [Theory]
    [InlineData(ModelJournal.InProcess)]
    [InlineData(ModelJournal.Transactional)]
    public Task Run_WhenRepeated_GoesTheSameWay(ModelJournal journal) => SingleWorker.RunAsync(async () =>
    {
        for (var seed = 0; seed < TestSize.Of(bounded: 25, full: 500); seed++)
        {
            using var once = await RunAsync(seed, journal, PlantedBug.None);
            using var again = await RunAsync(seed, journal, PlantedBug.None);

            again.TraceHash.Should().Be(once.TraceHash, "seed {0} is a run", seed);
        }
    });

    private static async Task<World> RunAsync(int seed, ModelJournal journal, PlantedBug bug)
    {
        var world = new World(seed, journal, bug);
        await world.RunAsync(Steps);
        return world;
    }
}
