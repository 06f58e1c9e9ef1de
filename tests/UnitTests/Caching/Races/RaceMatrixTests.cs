namespace NeuroLab.UnitTests.Caching.Races;

/// <summary>
/// Every kind of invalidation against every way in which a value gets stored, joined or used again, on one node and on two. In every other run what is
/// under way ends only after the invalidation was acknowledged; in the rest the two run at the same time.
/// </summary>
public sealed class RaceMatrixTests
{
    private const int Runs = 200;

    public static TheoryData<RaceInvalidation, RaceWay, int> Cells()
    {
        var cells = new TheoryData<RaceInvalidation, RaceWay, int>();
        foreach (var invalidation in Enum.GetValues<RaceInvalidation>())
        {
            foreach (var way in Enum.GetValues<RaceWay>())
            {
                cells.Add(invalidation, way, 1);
                cells.Add(invalidation, way, 2);
            }
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Read_AfterTheInvalidation_NeverFindsTheOldValueFresh(RaceInvalidation invalidation, RaceWay way, int nodes)
    {
        await using var reader = Node(null);
        await using var writer = nodes == 1 ? null : Node(reader);
        await reader.Follower.CatchUpAsync();

        for (var run = 0; run < Runs; run++)
        {
            var race = new Race(reader, writer ?? reader, invalidation, run);
            var token = await race.RunAsync(way);
            await race.CheckAsync(token);
        }
    }

    private static EngineFixture Node(EngineFixture? other) =>
        new(other, redis: true, configure: static settings => settings["Cache:EagerRefresh"] = "0.9");
}
